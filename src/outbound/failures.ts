/**
 * What went wrong on the way, in the hub's words.
 *
 * `params.sent` says whether the shop may have seen the request: `no` (nothing left this machine) or `maybe`. A write
 * that mails a customer is repeated only after a `no`. `params.reason` names the cause; the libraries' own messages
 * stay out of params, and causes are copied, because undici's carry raw bytes of the answer.
 */
import { HubError } from '../domain/errors.ts'
import type { ErrorCode } from '../domain/errors.ts'

interface SystemError extends Error {
  code?: string
}

/** OpenSSL's verification results (https://docs.openssl.org/master/man1/openssl-verification-options/) by what they mean. */
const TLS_REASONS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_REVOKED: 'revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  // also what a server says that forgot its intermediate certificate
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  CERT_SIGNATURE_FAILURE: 'unknown-issuer',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'old-protocol',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'old-protocol',
}

const NETWORK_REASONS: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ENETUNREACH: 'network',
  EHOSTUNREACH: 'network',
  EHOSTDOWN: 'network',
  ENETDOWN: 'network',
  EADDRNOTAVAIL: 'egress-address',
  UND_ERR_SOCKET: 'closed',
}

const isTls = (code: string) => code in TLS_REASONS || /^(ERR_SSL_|ERR_TLS_|CERT_|CRL_)/.test(code) || code === 'EPROTO'

const isNotHttp = (error: SystemError | undefined) =>
  error?.name === 'HTTPParserError' || error?.code === 'UND_ERR_HEADERS_OVERFLOW'

/** A connection that did not come about: the shop has seen nothing. */
export function connectFailure(thrown: unknown, host: string): HubError {
  if (thrown instanceof HubError) return thrown
  return failure(thrown, host, 'no')
}

/** A call that broke after its connection stood. */
export function callFailure(thrown: unknown, host: string): HubError {
  if (thrown instanceof HubError) return thrown
  return failure(thrown, host, 'maybe')
}

function failure(thrown: unknown, host: string, sent: 'no' | 'maybe'): HubError {
  const error = thrown as SystemError
  const code = error?.code ?? ''
  const cause = copyOf(error)
  const make = (errorCode: ErrorCode, message: string, params: Record<string, string>) =>
    new HubError(errorCode, `${host}: ${message}`, { params: { ...params, host, sent }, cause })

  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return make('shop-timeout', code, { phase: 'connect' })
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return make('shop-timeout', 'no first byte in time', { phase: 'first-byte' })
  if (code === 'UND_ERR_BODY_TIMEOUT') return make('shop-timeout', 'the answer stopped coming', { phase: 'body' })
  if (isTls(code)) {
    return make('tls-invalid', code, { reason: TLS_REASONS[code] ?? 'handshake', detail: code })
  }
  if (isNotHttp(error)) {
    return make('response-malformed', `not HTTP (${code})`, { reason: 'not-http' })
  }
  if (code.startsWith('UND_ERR_INVALID') || code.startsWith('UND_ERR_REQ')) {
    return make('internal', `request could not be built (${code})`, {})
  }
  return make('shop-unreachable', code || 'connection failed', { reason: NETWORK_REASONS[code] ?? 'closed' })
}

/** The kind of failure without the bytes, the socket or the URL that came with it. */
const copyOf = (error: SystemError | undefined) =>
  error?.code ? Object.assign(new Error(error.code), { code: error.code }) : undefined
