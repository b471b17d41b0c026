/**
 * Opens the connection of a call: looks the name up once, has every address judged, and connects to one of those.
 *
 * undici is given this function instead of a look-up, because it never looks up a literal address and because the
 * address to leave from depends on the family of the address to reach.
 */
import { buildConnector } from 'undici'
import type { Socket } from 'node:net'
import { HubError } from '../domain/errors.ts'
import { rangeOf } from './addresses.ts'
import type { Address } from './addresses.ts'
import { connectFailure } from './failures.ts'
import type { Guard, Trust } from './guard.ts'

export interface ConnectOptions {
  guard: Guard
  trust: Trust
  /** Our own addresses, public or behind a NAT. Empty: the system chooses. */
  egressAddresses: readonly Address[]
  connectMs: number
  /** Certificates believed beside the system's, for shops with an authority of their own. */
  ca?: string[]
}

/** With another address still to try, a silent one gets this long to accept the connection. */
const ONE_OF_SEVERAL_MS = 3000

export function connector(options: ConnectOptions): buildConnector.connector {
  const open = buildConnector({ allowH2: false, timeout: 0, ...(options.ca && { ca: options.ca }) })

  return (target, callback) => {
    const deadline = AbortSignal.timeout(options.connectMs)
    connectTo(target, open, options, deadline).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(connectFailure(error, target.hostname), null),
    )
  }
}

async function connectTo(
  target: buildConnector.Options,
  open: buildConnector.connector,
  options: ConnectOptions,
  deadline: AbortSignal,
): Promise<Socket> {
  const resolved = await orTimeout(options.guard.resolve(target.hostname, options.trust), deadline)
  const ways = resolved.map((to) => ({ to, from: leaveFrom(to, options.egressAddresses) }))
  const usable = ways.filter(({ from }) => from !== 'none')
  if (usable.length === 0) throw noEgress(target.hostname)

  let failure: unknown
  for (const [at, { to, from }] of usable.entries()) {
    const patienceMs = at < usable.length - 1 ? Math.min(ONE_OF_SEVERAL_MS, options.connectMs) : options.connectMs
    try {
      return await openOne({ ...target, hostname: to.address, localAddress: from }, open, patienceMs, deadline)
    } catch (error) {
      failure = error
      if (deadline.aborted) break
    }
  }
  throw failure
}

/** One address: given up when it does not accept the connection in time; a TLS handshake may use the whole limit. */
function openOne(
  target: buildConnector.Options,
  open: buildConnector.connector,
  patienceMs: number,
  deadline: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      deadline.removeEventListener('abort', giveUp)
      finish()
    }
    const giveUp = () => {
      settle(() => reject(connectTimeout(target.hostname)))
      socket?.destroy()
    }
    const timer = setTimeout(giveUp, patienceMs)
    deadline.addEventListener('abort', giveUp, { once: true })
    // the declared type forgets that the built-in connector returns the socket it is opening
    const socket = open(target, (error, opened) =>
      settle(() => (error || !opened ? reject(error) : resolve(opened))),
    ) as unknown as Socket | undefined
    socket?.once('connect', () => clearTimeout(timer))
  })
}

/**
 * Which of our addresses a call leaves from: one of the same family, and never from a public address to a private
 * one, which the system refuses or never answers. A public target without a fitting address is not called at all:
 * the shop's host would see an address that nobody told it.
 */
export function leaveFrom(to: Address, egress: readonly Address[]): string | null | 'none' {
  if (egress.length === 0) return null
  const family = egress.filter((own) => own.family === to.family)
  const reach = rangeOf(to.address)
  if (reach === 'unicast') return family.find((own) => rangeOf(own.address) !== 'loopback')?.address ?? 'none'
  return family.find((own) => rangeOf(own.address) === reach)?.address ?? null
}

const orTimeout = <T>(work: Promise<T>, deadline: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = () =>
      reject(
        new HubError('shop-unreachable', 'DNS did not answer in time', {
          params: { reason: 'dns-failed', sent: 'no' },
        }),
      )
    deadline.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', giveUp))
  })

const connectTimeout = (address: string) =>
  new HubError('shop-timeout', `no connection to ${address} in time`, { params: { phase: 'connect', sent: 'no' } })

const noEgress = (host: string) =>
  new HubError('shop-unreachable', `${host} has no address of the families this hub calls from`, {
    params: { reason: 'no-egress', host, sent: 'no' },
  })
