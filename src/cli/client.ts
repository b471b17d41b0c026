/**
 * The command line's way to the hub: HTTP over the Unix socket in the data folder.
 *
 * Without a running hub one is started inside this process for the one command, on the same data folder: its lock
 * makes sure there is never a second database on it. That hub listens nowhere: a second command that joined it would be
 * cut off when the first one ends. It waits for the lock instead.
 */
import { request } from 'node:http'
import type { Config } from '../config.ts'
import { socketPath, startHub, type RunningHub } from '../app.ts'
import { realClock } from '../domain/clock.ts'
import { asHubError } from '../domain/errors.ts'

export interface Reply {
  status: number
  // The API's own JSON; its shape is the OpenAPI document's business.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

export interface Client {
  call(
    method: string,
    path: string,
    body?: unknown,
    options?: { raw?: Uint8Array; contentType?: string },
  ): Promise<Reply>
  close(): Promise<void>
}

const LOOK_MS = 500
const MOST_LOOKS = 30

/** @param work whether a hub started inside also works on what is due (the command waits for it) */
export async function connect(config: Config, locale: string, options: { work: boolean }): Promise<Client> {
  const path = socketPath(config)
  let inside: RunningHub | undefined
  for (let look = 0; !(await answers(path)); look++) {
    try {
      inside = await startHub({ config: { ...config, logLevel: 'error' }, role: 'command', work: options.work })
      break
    } catch (thrown) {
      // Somebody else holds the folder: a hub that is just starting answers in a moment.
      if (asHubError(thrown).code !== 'database-locked' || look === MOST_LOOKS) throw thrown
      await realClock.sleep(LOOK_MS)
    }
  }
  return {
    call: (method, url, body, extra) =>
      inside ? ask(inside, locale, method, url, body, extra) : send(path, locale, method, url, body, extra),
    close: async () => inside?.stop(),
  }
}

export const answers = (path: string): Promise<boolean> =>
  send(path, 'en', 'GET', '/healthz').then(
    (reply) => reply.status === 200,
    () => false,
  )

async function ask(
  hub: RunningHub,
  locale: string,
  method: string,
  url: string,
  body?: unknown,
  extra: Extra = {},
): Promise<Reply> {
  const payload = payloadOf(body, extra)
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': locale, host: 'localhost' }
  if (payload)
    Object.assign(headers, {
      'content-type': extra.contentType ?? 'application/json',
      'content-length': String(payload.length),
    })
  const request = new Request(`http://localhost${url}`, { method, headers, body: payload && new Uint8Array(payload) })
  const answer = await hub.localApi.fetch(request)
  return replyOf(answer.status, answer.headers.get('content-type'), await answer.text())
}

interface Extra {
  raw?: Uint8Array
  contentType?: string
}

const payloadOf = (body: unknown, extra: Extra): Buffer | undefined =>
  extra.raw ? Buffer.from(extra.raw) : body === undefined ? undefined : Buffer.from(JSON.stringify(body))

const replyOf = (status: number, contentType: string | null | undefined, text: string): Reply => ({
  status,
  body: /json/.test(String(contentType)) && text ? JSON.parse(text) : text,
})

function send(
  socket: string,
  locale: string,
  method: string,
  path: string,
  body?: unknown,
  extra: Extra = {},
): Promise<Reply> {
  const payload = payloadOf(body, extra)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: socket,
        method,
        path,
        headers: {
          accept: 'application/json',
          'accept-language': locale,
          ...(payload && { 'content-type': extra.contentType ?? 'application/json', 'content-length': payload.length }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve(replyOf(answer.statusCode ?? 0, answer.headers['content-type'], text))
        })
      },
    )
    call.on('error', reject)
    call.end(payload)
  })
}
