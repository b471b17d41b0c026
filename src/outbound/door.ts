/**
 * The one door to the outside: every call to a shop goes through here.
 *
 * It carries the identity, keeps the pace, asks the address guard about every hop, bounds time and size, and writes
 * the exchange log. Anything that reaches a shop another way has none of these.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { request as send } from 'undici'
import type { Clock } from '../domain/clock.ts'
import { instant } from '../domain/clock.ts'
import { asHubError, HubError } from '../domain/errors.ts'
import type { Exchange, Method, Pace, ShopRequest, ShopResponse, Trace, Transport } from '../domain/http.ts'
import { retryAfterMs } from '../domain/http.ts'
import { openAgents } from './agents.ts'
import type { Agents } from './agents.ts'
import { decode, readWire } from './body.ts'
import { callFailure } from './failures.ts'
import { createGuard } from './guard.ts'
import type { Guard, Resolver, Trust } from './guard.ts'
import { checkedBrand, isBranded, userAgent } from './identity.ts'
import type { Brand } from './identity.ts'
import { LIMITS } from './limits.ts'
import type { Limits } from './limits.ts'
import { keepsBody, redactor } from './redact.ts'
import type { Redactor } from './redact.ts'
import { follow, redirectTarget, tooManyRedirects } from './redirects.ts'
import { hostKeyOf } from './url.ts'

/** What the door needs of a log. */
export interface DoorLog {
  warn(facts: object, message: string): void
}

export interface DoorOptions {
  clock: Clock
  pace: Pace
  log: DoorLog
  identity: Brand
  /** Local addresses calls leave from (`EGRESS_ADDRESSES`); empty: the system chooses. */
  egressAddresses: readonly string[]
  /** `ALLOWED_PRIVATE_ORIGINS`: origins, or `workspace=origin`. */
  allowedPrivateOrigins: readonly string[]
  resolver?: Resolver
  limits?: Partial<Limits>
  /** PEM certificates believed instead of the system's list. */
  ca?: string[]
}

export interface TransportOptions {
  workspaceId: string
  integrationId?: string
  /** The shop's platform once it is known; it stands in the User-Agent. */
  platform?: string
  /** Values that must not survive in anything kept: keys, passwords, cookies. */
  secrets: readonly string[]
  trace: Trace
  /** The password of a staging site, sent as Basic wherever the call itself brings no `Authorization`. */
  sitePassword?: { user: string; password: string }
}

export interface Door {
  transportFor(options: TransportOptions): Transport
  /** Judges a URL that is only being saved. @throws HubError `address-refused`, `url-invalid`, `shop-unreachable` */
  check(url: string, workspaceId: string): Promise<void>
  /** Opens one private origin at run time (the demo shop's); the returned function closes it again. */
  allowOrigin(origin: string, workspaceId?: string): () => void
  userAgent(platform?: string): string
  close(): Promise<void>
}

/** Set by the door or by HTTP itself; a caller's own are dropped. */
const NOT_THE_CALLERS =
  /^(host|user-agent|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i

interface Call {
  method: Method
  url: URL
  headers: Record<string, string>
  body: string | undefined
  trust: Trust
}

export function createDoor(options: DoorOptions): Door {
  const limits: Limits = { ...LIMITS, ...options.limits }
  const guard = createGuard({
    allowed: options.allowedPrivateOrigins,
    ...(options.resolver && { resolver: options.resolver }),
  })
  const agents = openAgents(options, guard, limits)
  if (isBranded(options.identity)) checkedBrand(options.identity)

  return {
    transportFor: (transport) => {
      const redact = redactor(secretsOf(transport))
      return { request: (request) => perform(request, { ...options, transport, redact, guard, agents, limits }) }
    },
    check: async (url, workspaceId) => void (await guard.check(url, workspaceId)),
    allowOrigin: guard.allowOrigin,
    userAgent: (platform) => userAgent(options.identity, platform),
    close: async () => void (await Promise.all(agents.all.map((agent) => agent.destroy()))),
  }
}

interface Context extends DoorOptions {
  transport: TransportOptions
  redact: Redactor
  guard: Guard
  agents: Agents
  limits: Limits
}

/** One call with the redirects it asked for; each hop is judged, paced and logged by itself. */
async function perform(request: ShopRequest, context: Context): Promise<ShopResponse> {
  let given: string | URL = request.url
  let headers = ownHeaders(request, context)
  const asked = request.method === 'GET' || request.method === 'HEAD' ? (request.followRedirects ?? 0) : 0

  for (let hop = 0; ; hop++) {
    const response = await oneHop(given, headers, request, context)
    const target = asked > 0 ? redirectTarget(response) : undefined
    if (!target) return response
    if (hop === asked) throw tooManyRedirects(target)
    const next = follow(new URL(response.url), target, headers)
    given = next.url
    headers = next.headers
  }
}

async function oneHop(
  given: string | URL,
  headers: Record<string, string>,
  request: ShopRequest,
  context: Context,
): Promise<ShopResponse> {
  const { clock, pace, limits } = context
  const startedMs = { at: clock.now() }
  try {
    const { url, trust } = context.guard.admit(given, context.transport.workspaceId)
    const hostKey = hostKeyOf(url)
    const release = await slot(pace, hostKey, limits.slotMs)
    startedMs.at = clock.now()
    try {
      const call: Call = { method: request.method, url, headers, body: request.body, trust }
      const response = await answer(call, context)
      const tookMs = clock.now() - startedMs.at
      const quietMs =
        response.status === 429 || response.status === 503 ? retryAfterMs(response, clock.now()) : undefined
      if (quietMs) await harmless(context, pace.quietUntil(hostKey, clock.now() + quietMs))
      const shown: ShopResponse = { ...response, tookMs, redact: context.redact.text }
      record(context, request, { given, headers, startedMs: startedMs.at, tookMs, response: shown })
      return shown
    } finally {
      await harmless(context, release())
    }
  } catch (thrown) {
    const error = asHubError(thrown)
    const tookMs = clock.now() - startedMs.at
    record(context, request, { given, headers, startedMs: startedMs.at, tookMs, error })
    throw error
  }
}

/** The pace must not turn an answered call into a failed one: a write would be in doubt. Slots expire by themselves. */
const harmless = (context: Context, work: Promise<void>): Promise<void> =>
  work.catch((thrown: unknown) => context.log.warn({ code: asHubError(thrown).code }, 'the pace could not be kept'))

async function slot(pace: Pace, hostKey: string, slotMs: number): Promise<() => Promise<void>> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(busy(hostKey)), slotMs)
  try {
    return await pace.acquire(hostKey, patience.signal)
  } catch (error) {
    throw patience.signal.aborted ? busy(hostKey) : error
  } finally {
    clearTimeout(timer)
  }
}

const busy = (host: string) =>
  new HubError('shop-throttled', `no free slot on ${host}`, { params: { reason: 'busy', host, sent: 'no' } })

/** One exchange on the wire. Real timers, whatever the clock: the network knows no other time. */
async function answer(call: Call, { agents, limits }: Context): Promise<ShopResponse> {
  const tooSlow = new AbortController()
  const timer = setTimeout(() => tooSlow.abort(wholeTimeout(call.url.host, limits.wholeMs)), limits.wholeMs)
  try {
    const received = await sendOnce(call, agents, limits, tooSlow.signal).catch((error: unknown) => {
      if (!isStaleConnection(error, call.method)) throw error
      return sendOnce(call, agents, limits, tooSlow.signal)
    })
    const headers = flat(received.headers)
    const wire = await readWire(
      received.body,
      limits.wireBytes,
      call.method === 'HEAD' ? undefined : headers['content-length'],
    )
    await turn() // undici frees the connection a turn later; without it the next call opens another
    if ((wire.brokenBy as NodeJS.ErrnoException)?.code === 'UND_ERR_BODY_TIMEOUT') throw wire.brokenBy
    const { body, broken } = await decode(wire.bytes, headers['content-encoding'], limits.bodyBytes)
    return {
      status: received.statusCode,
      headers,
      body,
      url: call.url.href,
      wireBytes: wire.bytes.length,
      tookMs: 0,
      ...((broken || wire.brokenBy !== undefined) && { incomplete: true }),
    }
  } catch (error) {
    throw callFailure(error, call.url.host)
  } finally {
    clearTimeout(timer)
  }
}

const sendOnce = (call: Call, agents: Agents, limits: Limits, signal: AbortSignal) =>
  send(call.url, {
    dispatcher: agents.for(call.trust, call.method),
    method: call.method,
    headers: call.headers,
    body: call.body ?? null,
    headersTimeout: limits.firstByteMs,
    bodyTimeout: limits.wholeMs,
    signal,
  })

/** A kept connection that the server closed while we asked: nothing came back, and asking again changes nothing. */
function isStaleConnection(error: unknown, method: Method): boolean {
  const { code, socket } = error as { code?: string; socket?: { bytesRead?: number } }
  const closed = code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
  return closed && (method === 'GET' || method === 'HEAD') && (socket?.bytesRead ?? 0) > 0
}

const wholeTimeout = (host: string, ms: number) =>
  new HubError('shop-timeout', `${host}: no whole answer within ${ms} ms`, {
    params: { phase: 'whole', host, sent: 'maybe' },
  })

function ownHeaders(request: ShopRequest, { identity, transport }: Context): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'gzip, br' }
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (!NOT_THE_CALLERS.test(name)) headers[name.toLowerCase()] = value
  }
  const { sitePassword } = transport
  if (sitePassword && !headers['authorization'])
    headers['authorization'] = basic(sitePassword.user, sitePassword.password)
  headers['user-agent'] = userAgent(identity, transport.platform)
  return headers
}

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`

const secretsOf = ({ secrets, sitePassword }: TransportOptions) =>
  sitePassword ? [...secrets, sitePassword.password, basic(sitePassword.user, sitePassword.password).slice(6)] : secrets

const flat = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )

interface Outcome {
  given: string | URL
  headers: Record<string, string>
  startedMs: number
  tookMs: number
  response?: ShopResponse
  error?: HubError
}

/** The exchange log must never break a call that worked. */
function record({ redact, transport, log }: Context, request: ShopRequest, outcome: Outcome): void {
  const { response, error } = outcome
  const exchange: Exchange = {
    at: instant(outcome.startedMs),
    purpose: request.purpose,
    method: request.method,
    url: redact.url(String(outcome.given)),
    ...(response && { status: response.status }),
    ...(error && { error: error.code }),
    tookMs: outcome.tookMs,
    sentBytes: Buffer.byteLength(request.body ?? ''),
    wireBytes: response?.wireBytes ?? 0,
    bodyBytes: response?.body.length ?? 0,
    requestHeaders: redact.headers(outcome.headers),
    ...(response && { responseHeaders: redact.headers(response.headers) }),
    ...(response && keepsBody(response, request.expects) && { bodyStart: redact.bodyStart(response.body) }),
  }
  try {
    transport.trace.record(exchange)
  } catch (thrown) {
    log.warn(
      { code: asHubError(thrown).code, integrationId: transport.integrationId },
      'an exchange could not be recorded',
    )
  }
}
