/** A hub for tests of the deciding rooms: the real database, a fake clock, no network, one scripted shop. */
import { pino } from 'pino'
import type { Config } from '../../src/config.ts'
import { insertIntegration, sealLogin } from '../../src/database/integrations.ts'
import type { Database } from '../../src/database/open.ts'
import type { Vault } from '../../src/database/vault.ts'
import { instant, type Clock } from '../../src/domain/clock.ts'
import { newId } from '../../src/domain/id.ts'
import type { Integration, IntegrationOptions } from '../../src/domain/integration.ts'
import type { Platform } from '../../src/domain/platform.ts'
import type { Door } from '../../src/outbound/door.ts'
import type { Hub } from '../../src/sync/hub.ts'

/** Seals by writing backwards: enough to see that what comes out went in. */
const openVault = {
  seal: (_workspace: string, _integration: string, _field: string, text: string) => ({
    keyId: 'test',
    nonce: Buffer.from('n'),
    ciphertext: Buffer.from([...text].reverse().join('')),
  }),
  open: (_workspace: string, _integration: string, _field: string, sealed: { ciphertext: Uint8Array }) =>
    [...Buffer.from(sealed.ciphertext).toString()].reverse().join(''),
} as unknown as Vault

const closedDoor = {
  transportFor: () => ({
    request: () => {
      throw new Error('this hub has no network')
    },
  }),
} as unknown as Door

export function testHub(db: Database, clock: Clock, platforms: readonly Platform[], parts: Partial<Hub> = {}): Hub {
  return {
    config: {} as Config,
    clock,
    db,
    vault: { ...openVault } as Vault,
    door: closedDoor,
    platforms,
    queue: { send: async () => {} },
    log: pino({ level: 'silent' }),
    random: () => 0.5,
    ...parts,
  }
}

export async function addWorkspace(db: Database, slug = 'default'): Promise<string> {
  const id = newId(1_700_000_000_000)
  await db.query(
    `INSERT INTO workspaces (id, slug, name, search_key, created_at) VALUES ($1, $2, $2, $3, '2026-01-01')`,
    [id, slug, id.slice(-6)],
  )
  return id
}

/** Connects a shop without asking it anything. */
export async function connectShop(
  hub: Hub,
  workspaceId: string,
  platform: string,
  options: Partial<IntegrationOptions> & { name?: string } = {},
): Promise<Integration> {
  const now = hub.clock.now()
  const { name = 'Boutique', ...rest } = options
  const integration: Integration = {
    id: newId(now),
    workspaceId,
    platform,
    name,
    url: `https://${name.toLowerCase()}.example`,
    hostKey: `${name.toLowerCase()}.example`,
    shop: {},
    options: { tell: 'nobody', queryKeys: false, since: 'all', language: 'fr', ...rest },
    createdAt: instant(now),
  }
  await hub.db.transaction(async (tx) => {
    await insertIntegration(tx, integration, {
      admission: {
        shop: {},
        url: integration.url,
        name,
        fingerprint: name,
        homeUrl: integration.url,
        zone: 'Europe/Paris',
        rights: { read: true, write: true },
        saw: [],
      },
      copyNo: 0,
      now: instant(now),
    })
    await sealLogin(hub, tx, workspaceId, integration.id, { key: 'ck_secret' })
  })
  return integration
}

/** Between tests that share a database: quicker than a database each while the machine is busy. */
export async function emptyHub(db: Database): Promise<void> {
  for (const table of ['runs', 'exchanges', 'events', 'integrations', 'workspaces'])
    await db.query(`DELETE FROM ${table}`)
}
