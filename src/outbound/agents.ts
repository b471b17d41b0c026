/** The kept and the fresh connections of the door. The trap: a connection is a permission, so it is not shared by all. */
import { Agent } from 'undici'
import { HubError } from '../domain/errors.ts'
import type { Method } from '../domain/http.ts'
import { addressOf } from './addresses.ts'
import type { Address } from './addresses.ts'
import { connector } from './connect.ts'
import type { Guard, Trust } from './guard.ts'
import type { Limits } from './limits.ts'

/** Longer than most servers keep an idle connection is no use, and a name should be looked up again now and then. */
const KEEP_ALIVE_MS = 4000
const KEEP_ALIVE_MAX_MS = 30_000
/** A shop with many plugins sends many headers; Node's own limit of 16 kB is met in practice. */
const HEADER_BYTES = 128 * 1024

export interface AgentOptions {
  egressAddresses: readonly string[]
  ca?: string[]
}

export interface Agents {
  for(trust: Trust, method: Method): Agent
  all: Agent[]
}

/**
 * Connections are kept apart by trust, so that one opened to an allowed private origin never serves another workspace.
 * Writes open one of their own: on a kept one that just died nobody could tell whether the shop had seen them.
 */
export function openAgents(options: AgentOptions, guard: Guard, limits: Limits): Agents {
  const egressAddresses = options.egressAddresses.map(ownAddress)
  const open = (trust: Trust, keep: boolean) =>
    new Agent({
      allowH2: false,
      connect: connector({
        guard,
        trust,
        egressAddresses,
        connectMs: limits.connectMs,
        ...(options.ca && { ca: options.ca }),
      }),
      pipelining: keep ? 1 : 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxHeaderSize: HEADER_BYTES,
    })
  const kept = { public: open('public', true), private: open('private', true) }
  const fresh = { public: open('public', false), private: open('private', false) }
  return {
    for: (trust, method) => (method === 'GET' || method === 'HEAD' ? kept : fresh)[trust],
    all: [...Object.values(kept), ...Object.values(fresh)],
  }
}

function ownAddress(text: string): Address {
  const address = addressOf(text.trim())
  if (address) return address
  throw new HubError('config-invalid', `not an IP address: ${text}`, {
    field: 'EGRESS_ADDRESSES',
    params: { settings: `EGRESS_ADDRESSES: not an IP address: ${text}` },
  })
}
