/** A hub with one workspace and scripted shops, for tests of shipping and write-back. */
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from '../../src/config.ts'
import { insertIntegration } from '../../src/database/integrations.ts'
import type { Claim } from '../../src/database/streams.ts'
import { openVault } from '../../src/database/vault.ts'
import { newId } from '../../src/domain/id.ts'
import type { IntegrationOptions } from '../../src/domain/integration.ts'
import type { Order, OrderLine } from '../../src/domain/order.ts'
import { createDoor } from '../../src/outbound/door.ts'
import { memoryPace } from '../../src/outbound/pace.ts'
import type { Hub } from '../../src/sync/hub.ts'
import { savePage } from '../../src/sync/save-page.ts'
import { openWork } from '../../src/sync/work.ts'
import type { Platform } from '../../src/domain/platform.ts'
import { fakeClock, type FakeClock } from '../fakes/clock.ts'
import { scriptedShop, type ScriptedShop } from '../fakes/scripted-shop.ts'
import { testDatabase, type TestDatabase } from './database.ts'

export interface TestHub extends Hub {
  clock: FakeClock
  db: TestDatabase
  platforms: Platform[]
}

/** A hub on a database of its own. Give it to `afterAll` as `() => hub.db.drop()`. */
export async function testHub(platforms: Platform[] = [], origins: readonly string[] = []): Promise<TestHub> {
  const db = await testDatabase({ max: 12 })
  const clock = fakeClock()
  const log = pino({ level: 'silent' })
  const door = createDoor({
    clock,
    pace: memoryPace(clock),
    log,
    identity: {},
    egressAddresses: [],
    allowedPrivateOrigins: origins,
  })
  const vault = await openVault(
    { secretFile: join(tmpdir(), `passerelle-test-${randomBytes(6).toString('hex')}.key`) },
    db,
  )
  const queue = { send: () => Promise.resolve() } // nothing here leaves one-off jobs behind
  return { config: readConfig({}), clock, db, vault, door, platforms, queue, log, random: () => 0 }
}

export async function newWorkspace(hub: TestHub, slug = 'default'): Promise<string> {
  const id = newId(hub.clock.now())
  await hub.db.query(`INSERT INTO workspaces (id, slug, name, search_key, created_at) VALUES ($1, $2, $2, $3, $4)`, [
    id,
    `${slug}-${id}`,
    `k${randomBytes(4).toString('hex')}`,
    new Date(hub.clock.now()).toISOString(),
  ])
  return id
}

export interface ShopOfTest {
  shop: ScriptedShop
  workspaceId: string
  integrationId: string
  /** Takes the integration as a worker does; each claim makes the earlier ones stale. */
  claim(): Promise<Claim>
  setTell(tell: IntegrationOptions['tell']): Promise<void>
  /** An order of the shop that the hub has imported; gives its id in the hub. */
  order(remoteId: string, patch?: Partial<Order>): Promise<string>
}

/** A scripted shop connected to the workspace. The hub's platforms must hold `shop.platform`. */
export async function connectShop(
  hub: TestHub,
  workspaceId: string,
  shop: ScriptedShop,
  name = 'Shop',
): Promise<ShopOfTest> {
  const integrationId = newId(hub.clock.now())
  const now = new Date(hub.clock.now()).toISOString()
  await hub.db.transaction((tx) =>
    insertIntegration(
      tx,
      {
        id: integrationId,
        workspaceId,
        platform: shop.platform.manifest.id,
        name,
        url: `https://${integrationId}.example`,
        hostKey: `${integrationId}.example`,
        shop: {},
        options: { tell: 'nobody', queryKeys: false, since: 'all', language: 'fr' },
        createdAt: now,
      },
      {
        admission: {
          shop: {},
          url: `https://${integrationId}.example`,
          name,
          fingerprint: integrationId,
          homeUrl: `https://${integrationId}.example`,
          zone: 'Europe/Paris',
          rights: { read: true, write: true },
          saw: [],
        },
        copyNo: 0,
        now,
      },
    ),
  )
  return {
    shop,
    workspaceId,
    integrationId,
    claim: async () => {
      const { rows } = await hub.db.query<{ token: string }>(
        `UPDATE integrations SET lease_token = nextval('lease_tokens'), lease_until = $3 WHERE workspace_id = $1 AND id = $2
         RETURNING lease_token::text AS token`,
        [workspaceId, integrationId, new Date(hub.clock.now() + 60_000).toISOString()],
      )
      return { workspaceId, integrationId, token: rows[0]!.token }
    },
    setTell: async (tell) => {
      await hub.db.query(`UPDATE integrations SET options = options || $3 WHERE workspace_id = $1 AND id = $2`, [
        workspaceId,
        integrationId,
        JSON.stringify({ tell }),
      ])
    },
    order: async (remoteId, patch = {}) => {
      const order = makeOrder(remoteId, patch)
      shop.orders.set(remoteId, order)
      const work = (await openWork(hub, { workspaceId, integrationId }))!
      const row = { remoteId, modifiedRaw: order.modifiedRaw ?? '', text: JSON.stringify(order), value: order }
      const saved = await savePage(work, { rows: [row], unreadable: [] })
      return [...saved.imported, ...saved.changed][0]!
    },
  }
}

/** A workspace and a scripted shop of its own on a hub that other tests use as well. */
export async function freshShop(hub: TestHub): Promise<ShopOfTest> {
  const shop = scriptedShop(`scripted-${randomBytes(4).toString('hex')}`)
  hub.platforms.push(shop.platform)
  return connectShop(hub, await newWorkspace(hub), shop)
}

export const makeLine = (remoteId: string, quantity = '1', patch: Partial<OrderLine> = {}): OrderLine => ({
  remoteId,
  name: `Line ${remoteId}`,
  quantity,
  refunded: '0',
  cancelled: '0',
  productRemoteId: `p${remoteId}`,
  ...patch,
})

export const makeOrder = (remoteId: string, patch: Partial<Order> = {}): Order => ({
  remoteId,
  number: remoteId,
  status: 'ready',
  statusRaw: 'processing',
  placedAt: '2026-11-24T08:00:00.000Z',
  modifiedAt: '2026-11-24T08:00:00.000Z',
  modifiedRaw: '2026-11-24T08:00:00',
  currency: 'EUR',
  totals: { grandMinor: 1000, roundingMinor: 0 },
  customer: { name: 'Lise Durand' },
  shipTo: { name: 'Lise Durand', line1: '1 rue des Lilas', city: 'Lyon', country: 'FR' },
  billTo: {},
  lines: [makeLine(`${remoteId}1`, '2', { sku: 'TEA' }), makeLine(`${remoteId}2`, '1', { sku: 'MUG' })],
  knownTrackings: [],
  issues: [],
  ...patch,
})
