/**
 * One shop's REST API: signs, sends, reads the answer. Writes are POST (hosts block PUT); DELETE falls back to POST with
 * `_method=DELETE`, which WordPress obeys where a firewall refuses the verb (seen behind the OWASP rules). `_method` is
 * never put on a GET: WordPress obeys it there too, and would trash the order.
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import { HubError } from '../../domain/errors.ts'
import type { Method, ShopResponse, Transport } from '../../domain/http.ts'
import { type Answer, readAnswer, type Shape } from './classify.ts'
import { type CleanLogin, type Signing, sign, withQuery } from './login.ts'

export type Params = Record<string, string | number | undefined>

export interface Call {
  params?: Params
  shape?: Shape
  purpose: string
}

export interface Api {
  get(path: string, call: Call): Promise<Answer>
  post(path: string, body: unknown, call: Call): Promise<Answer>
  remove(path: string, call: Call): Promise<Answer>
  /** Calls made so far. */
  readonly requests: number
}

export interface ApiSettings {
  http: Transport
  clock: Clock
  /** Address of the shop without trailing slash. */
  url: string
  /** `/wp-json`, or `/index.php/wp-json` on servers without rewriting. */
  restPath: string
  /** Undefined: without a login. */
  login?: CleanLogin
  signing: Signing
}

const HEADERS = {
  // Without it WordPress answers trouble in HTML and lets PHP warnings into the body (seen).
  accept: 'application/json',
  'cache-control': 'no-cache',
}

export function shopApi(settings: ApiSettings): Api {
  let requests = 0

  async function send(method: Method, path: string, call: Call, body?: unknown): Promise<ShopResponse> {
    const params: Record<string, string> = {}
    for (const [name, value] of Object.entries(call.params ?? {})) if (value !== undefined) params[name] = String(value)
    const restPath = `${settings.restPath}${path}`
    const url = `${settings.url}${restPath}`
    const signed =
      settings.login === undefined
        ? { url: withQuery(url, params), headers: {} }
        : sign(
            {
              method,
              url,
              path: restPath,
              params,
              nowMs: settings.clock.now(),
              nonce: randomBytes(16).toString('hex'),
            },
            settings.login,
            settings.signing,
          )
    requests++
    return settings.http.request({
      method,
      url: signed.url,
      headers: { ...HEADERS, ...signed.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      purpose: call.purpose,
    })
  }

  return {
    get requests() {
      return requests
    },
    get: async (path, call) => readAnswer(await send('GET', path, call), call.shape ?? 'any'),
    post: async (path, body, call) => readAnswer(await send('POST', path, call, body), call.shape ?? 'any'),
    remove: async (path, call) => {
      try {
        return readAnswer(await send('DELETE', path, call), call.shape ?? 'any')
      } catch (thrown) {
        const verbRefused =
          thrown instanceof HubError &&
          thrown.code === 'response-blocked' &&
          [403, 405, 501].includes(Number(thrown.params.status))
        if (!verbRefused) throw thrown
        return readAnswer(
          await send('POST', path, { ...call, params: { ...call.params, _method: 'DELETE' } }, {}),
          call.shape ?? 'any',
        )
      }
    },
  }
}
