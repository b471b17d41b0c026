/**
 * Connecting, changing and removing a shop.
 *
 * Address first: what answers there is recognised before any login is asked for, and a login is tried before it is
 * saved. One shop under two addresses is one integration; a copy of a live shop (staging) is asked about, never
 * merged, because its orders have the same ids and another life.
 */
import {
  findSameShop,
  getIntegration,
  insertIntegration,
  markRemoved,
  openLogin,
  sealLogin,
  type SavedIntegration,
  resumeWithNewLogin,
  updateIntegration as saveIntegration,
} from '../database/integrations.ts'
import type { Tx } from '../database/open.ts'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { newId } from '../domain/id.ts'
import type { Integration, IntegrationOptions } from '../domain/integration.ts'
import {
  sitePasswordOf,
  type Admission,
  type Login,
  type Platform,
  type Recognition,
  type Sight,
} from '../domain/platform.ts'
import type { Tell } from '../domain/shipment.ts'
import { hostKeyOf, normaliseShopUrl } from '../outbound/url.ts'
import { softwareSeen } from '../platforms/index.ts'
import type { Hub } from './hub.ts'
import { nextRun } from './schedule.ts'
import { HOOK_FIELDS } from './webhooks.ts'

export interface ShopSeen extends Recognition {
  /** The address as people read it (IDN in its own script). */
  shownAs: string
  /** What was corrected in what was typed; codes of the words. */
  changes: string[]
}

export interface AddInput {
  platform: string
  url: string
  login: Login
  name?: string
  /** Instant, or `all`. Default: 30 days ago. */
  since?: string
  tell?: Tell
  queryKeys?: boolean
  language?: string
  /** A person confirmed that this is a copy (staging) of a shop already connected. */
  copy?: boolean
}

export interface UpdateInput {
  name?: string
  url?: string
  login?: Login
  /** Wider than before: what it now admits is fetched; narrower: nothing is taken away. */
  since?: string
  tell?: Tell
  queryKeys?: boolean
  disabled?: boolean
  language?: string
  /** A person confirmed that the new address is the same shop, moved. */
  moved?: boolean
}

const DEFAULT_DEPTH_MS = 30 * 24 * 3_600_000
/** A paused lane is tried again after this (domain/health.ts). */
const PROBE_MS = 3_600_000
/** Redirects followed while finding out what a site is; none is followed with a login. */
const REDIRECTS = 3
/** Before an integration exists there is no log to keep a call in; what failed is said in the answer. */
const NO_TRACE = { record: () => {} }

export function platformOf(hub: Hub, id: string): Platform {
  const platform = hub.platforms.find((candidate) => candidate.manifest.id === id)
  if (!platform) {
    const known = hub.platforms.map((candidate) => candidate.manifest.id).join(', ')
    throw new HubError('platform-unknown', `no platform ${id}`, {
      field: 'platform',
      params: { platform: id.slice(0, 40), known },
    })
  }
  return platform
}

/**
 * What answers at an address, before any login.
 *
 * @throws HubError `url-invalid`, `address-refused`, `not-a-shop`, `other-platform`, or why the site did not answer
 */
export async function recogniseShop(
  hub: Hub,
  workspaceId: string,
  typed: string,
  login: Login = {},
): Promise<ShopSeen> {
  const address = normaliseShopUrl(typed)
  const http = hub.door.transportFor({
    workspaceId,
    secrets: Object.values(login),
    sitePassword: sitePasswordOf(login),
    trace: NO_TRACE,
  })
  const home = async (url: string) => ({
    url,
    answer: await http
      .request({ method: 'GET', url: `${url}/`, followRedirects: REDIRECTS, purpose: 'recognise' })
      .catch(aboutTheAddress),
  })

  const seen = await home(address.url).catch((thrown: unknown) => {
    // Nothing was said about http or https: a shop that has no https at all, or was opened to the hub by http only, is
    // still a shop. The guard judges the second address as it judged the first.
    const silent =
      thrown instanceof HubError &&
      ['shop-unreachable', 'shop-timeout', 'tls-invalid', 'address-refused'].includes(thrown.code)
    if (!silent || !address.schemeAssumed) throw thrown
    return home(address.url.replace(/^https:/, 'http:')).catch(() => {
      throw thrown
    })
  })

  if (seen.answer.status === 401 && /^basic/i.test(seen.answer.headers['www-authenticate'] ?? '')) {
    throw new HubError('site-password-needed', 'a password stands in front of the site', {
      field: 'basicPassword',
      params: { url: address.shownAs },
    })
  }
  for (const platform of hub.platforms) {
    const recognition = await platform.recognise(http, seen.url, seen.answer)
    if (recognition) return { ...recognition, shownAs: address.shownAs, changes: address.changes }
  }
  const other = softwareSeen(seen.answer)
  if (other) {
    throw new HubError('other-platform', `${other} answers at ${address.url}`, {
      field: 'url',
      params: { platform: other, url: address.shownAs },
    })
  }
  throw new HubError('not-a-shop', `nothing known answers at ${address.url}`, {
    field: 'url',
    params: { url: address.shownAs, status: seen.answer.status },
  })
}

/** Whatever stopped the first look at a site is about the address somebody typed: the field is named. */
function aboutTheAddress(thrown: unknown): never {
  if (!(thrown instanceof HubError) || thrown.field !== undefined) throw thrown
  const { code, message, params, retryAfterMs } = thrown
  throw new HubError(code, message, { field: 'url', params, retryAfterMs, cause: thrown })
}

/** Recognises the address and tries the login there; nothing is saved. */
async function admit(
  hub: Hub,
  workspaceId: string,
  input: { platform: string; url: string; login: Login; queryKeys: boolean },
): Promise<{ admission: Admission; saw: Sight[] }> {
  const platform = platformOf(hub, input.platform)
  for (const field of platform.manifest.loginFields) {
    if (field.required && !input.login[field.name]?.trim()) {
      throw new HubError('field-invalid', `login field ${field.name} is empty`, {
        field: field.name,
        params: { reason: 'required' },
      })
    }
  }
  const seen = await recogniseShop(hub, workspaceId, input.url, input.login)
  if (seen.platform !== input.platform) {
    throw new HubError('other-platform', `found ${seen.platform}`, {
      field: 'platform',
      params: { platform: seen.platform, url: seen.shownAs },
    })
  }
  const http = hub.door.transportFor({
    workspaceId,
    platform: input.platform,
    secrets: Object.values(input.login),
    sitePassword: sitePasswordOf(input.login),
    trace: NO_TRACE,
  })
  const admission = await platform.tryLogin(http, {
    url: seen.url,
    login: input.login,
    queryKeys: input.queryKeys,
    clock: hub.clock,
  })
  return { admission, saw: [...seen.saw, ...admission.saw] }
}

/**
 * Connects a shop: recognised, login tried, then saved and its first import started.
 *
 * @throws HubError what exactly failed, with its field; `shop-already-connected` · `shop-copy-suspected` (answer with `copy: true`)
 */
export async function addIntegration(
  hub: Hub,
  workspaceId: string,
  input: AddInput,
): Promise<{ integration: Integration; saw: Sight[] }> {
  const { admission, saw } = await admit(hub, workspaceId, {
    platform: input.platform,
    url: input.url,
    login: input.login,
    queryKeys: input.queryKeys ?? false,
  })
  const copyNo = await copyNumber(hub, workspaceId, input, admission)
  const now = hub.clock.now()
  const options: IntegrationOptions = {
    tell: input.tell ?? 'nobody',
    queryKeys: input.queryKeys ?? false,
    since: input.since ?? instant(now - DEFAULT_DEPTH_MS),
    language: input.language ?? 'fr',
  }
  const integration: Integration = {
    id: newId(now),
    workspaceId,
    platform: input.platform,
    name: input.name?.trim() || admission.name || hostKeyOf(admission.url),
    url: admission.url,
    hostKey: hostKeyOf(admission.url),
    shop: admission.shop,
    options,
    createdAt: instant(now),
  }
  await hub.db
    .transaction(async (tx) => {
      await insertIntegration(tx, integration, { admission, copyNo, now: instant(now) })
      await sealLogin(hub, tx, workspaceId, integration.id, input.login)
      await judgeWriteBack(tx, integration, admission.rights.write, now)
      await tx.query(`SELECT pg_notify('passerelle_work', '')`)
    })
    .catch(alreadyConnected(hub, workspaceId, input.platform, admission))
  return { integration, saw }
}

/**
 * A read-only key: tracking cannot go back, and that is said from the first minute; orders come in all the same.
 * A key that may write lifts what an earlier one could not.
 */
async function judgeWriteBack(
  tx: Tx,
  { workspaceId, id }: Pick<Integration, 'workspaceId' | 'id'>,
  mayWrite: boolean,
  now: number,
): Promise<void> {
  if (mayWrite) {
    await tx.query(
      `UPDATE lane_health SET state = 'connected', since = $3, because = NULL, detail = NULL, failures = 0, refusals = 0, next_attempt_at = NULL
       WHERE workspace_id = $1 AND integration_id = $2 AND lane = 'write-back' AND because IN ('permission-missing', 'login-rejected')`,
      [workspaceId, id, instant(now)],
    )
  } else {
    await tx.query(
      `UPDATE lane_health SET state = 'paused', since = $3, because = 'permission-missing', next_attempt_at = $4
       WHERE workspace_id = $1 AND integration_id = $2 AND lane = 'write-back' AND state <> 'paused'`,
      [workspaceId, id, instant(now), instant(now + PROBE_MS)],
    )
  }
}

async function copyNumber(hub: Hub, workspaceId: string, input: AddInput, admission: Admission): Promise<number> {
  const same = await findSameShop(hub.db, workspaceId, input.platform, admission)
  const twin = same.find((other) => other.siteFingerprint === admission.fingerprint)
  if (twin) throw connectedAs(twin)
  const original = same.find((other) => other.copyMark !== undefined && other.copyMark === admission.copyMark)
  if (!original) return 0
  if (!input.copy) {
    throw new HubError('shop-copy-suspected', `looks like a copy of ${original.name}`, {
      field: 'url',
      params: { name: original.name, url: original.url },
    })
  }
  return Math.max(...same.map((other) => other.copyNo)) + 1
}

const connectedAs = ({ name, url }: Pick<Integration, 'name' | 'url'>): HubError =>
  new HubError('shop-already-connected', `already connected as ${name}`, { field: 'url', params: { name, url } })

/** Two who connect one shop in the same moment both look before either has saved: the database lets one through. */
const alreadyConnected =
  (hub: Hub, workspaceId: string, platform: string, admission: Admission) =>
  async (thrown: unknown): Promise<never> => {
    if ((thrown as { constraint?: unknown } | undefined)?.constraint !== 'integrations_one_per_shop') throw thrown
    const same = await findSameShop(hub.db, workspaceId, platform, admission)
    const twin = same.find((other) => other.siteFingerprint === admission.fingerprint)
    throw connectedAs(twin ?? { name: admission.name, url: admission.url })
  }

/**
 * Changes an integration. A new address or login is tried before it is saved; orders and cursors stay.
 *
 * @throws HubError `shop-differs` when the new address leads to another shop, `shop-copy-suspected` when it leads to
 * the moved shop or to a copy of it: only a person knows (answer both with `moved: true`); `shop-already-connected`
 */
export async function updateIntegration(
  hub: Hub,
  workspaceId: string,
  id: string,
  patch: UpdateInput,
): Promise<{ integration: Integration; saw: Sight[] }> {
  const before = await getIntegration(hub.db, workspaceId, id)
  if (!before) throw new HubError('not-found', 'no such integration')
  const now = hub.clock.now()
  const options: IntegrationOptions = {
    ...before.options,
    since: patch.since ?? before.options.since,
    tell: patch.tell ?? before.options.tell,
    queryKeys: patch.queryKeys ?? before.options.queryKeys,
    language: patch.language ?? before.options.language,
  }
  const sweepAt = instant(nextRun('orders', 'sweep', { now, random: hub.random(), idleRuns: 0, zone: before.zone })!)
  const changed = {
    name: patch.name?.trim() || before.name,
    options,
    disabledAt:
      patch.disabled === undefined
        ? before.disabledAt
        : patch.disabled
          ? (before.disabledAt ?? instant(now))
          : undefined,
  }

  if (patch.url === undefined && patch.login === undefined && patch.queryKeys === undefined) {
    await hub.db.transaction((tx) => saveIntegration(tx, workspaceId, id, { ...changed, now: instant(now), sweepAt }))
    return { integration: { ...before, ...changed }, saw: [] }
  }

  const kept = Object.fromEntries(
    Object.entries(await openLogin(hub, workspaceId, id)).filter(
      ([field]) => !(HOOK_FIELDS as readonly string[]).includes(field),
    ),
  )
  const login = { ...kept, ...patch.login }
  const { admission, saw } = await admit(hub, workspaceId, {
    platform: before.platform,
    url: patch.url ?? before.url,
    login,
    queryKeys: options.queryKeys,
  })
  if (patch.url !== undefined && before.siteFingerprint !== admission.fingerprint) {
    await refuseOtherShop(hub, before, admission, patch.moved ?? false)
  }
  await hub.db
    .transaction(async (tx) => {
      await saveIntegration(tx, workspaceId, id, {
        ...changed,
        admission,
        hostKey: hostKeyOf(admission.url),
        now: instant(now),
        sweepAt,
      })
      await sealLogin(hub, tx, workspaceId, id, login)
      await judgeWriteBack(tx, before, admission.rights.write, now)
      // What is switched off stays parked.
      if (changed.disabledAt === undefined)
        await resumeWithNewLogin(tx, workspaceId, id, instant(now), admission.rights.write)
      await tx.query(`SELECT pg_notify('passerelle_work', '')`)
    })
    .catch(alreadyConnected(hub, workspaceId, before.platform, admission))
  return { integration: { ...before, ...changed, url: admission.url, shop: admission.shop }, saw }
}

/** A shop that moved and a staging copy of it look the same from here: their oldest orders are equal. So it is asked. */
async function refuseOtherShop(
  hub: Hub,
  before: SavedIntegration,
  admission: Admission,
  confirmed: boolean,
): Promise<void> {
  const same = await findSameShop(hub.db, before.workspaceId, before.platform, admission)
  const twin = same.find((other) => other.id !== before.id && other.siteFingerprint === admission.fingerprint)
  if (twin) throw connectedAs(twin)
  if (confirmed) return
  const isCopy = before.copyMark !== undefined && before.copyMark === admission.copyMark
  throw new HubError(
    isCopy ? 'shop-copy-suspected' : 'shop-differs',
    isCopy ? 'the shop moved, or this is a copy of it' : 'the new address leads to another shop',
    { field: 'url', params: { name: before.name, url: admission.url, ...(isCopy && { reason: 'moved' }) } },
  )
}

/** Removes an integration from the list at once; its webhooks in the shop are taken away by a job that may retry. */
export async function removeIntegration(hub: Hub, workspaceId: string, id: string): Promise<void> {
  const before = await getIntegration(hub.db, workspaceId, id)
  if (!before) throw new HubError('not-found', 'no such integration')
  await hub.db.transaction(async (tx) => {
    await markRemoved(tx, workspaceId, id, instant(hub.clock.now()))
    await hub.queue.send(tx, 'remove-webhooks', { workspaceId, integrationId: id })
  })
}
