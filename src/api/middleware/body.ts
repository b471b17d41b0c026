/**
 * Bodies, read once: size capped while they arrive, bytes that are no UTF-8 refused, JSON not nested deeper than any
 * honest one. (JSON.parse reads 100,000 levels; what walks the result afterwards overflows the stack.)
 */
import type { MiddlewareHandler } from 'hono'
import { HubError } from '../../domain/errors.ts'
import type { Ctx, Env } from '../context.ts'
import { API } from '../routes/declare.ts'

const MIB = 1024 * 1024
const JSON_CAP = MIB
export const CSV_CAP = 5 * MIB
const DEEPEST = 32
const JSON_TYPE = /^application\/(?:[a-z-.]+\+)?json\s*(?:;|$)/i
const CSV_TYPE = /^(?:text\/csv|text\/plain|application\/octet-stream|application\/vnd\.ms-excel)\s*(?:;|$)/i

/** Takes at most `cap` bytes of a body, however it is announced. @throws HubError `body-too-large` */
export async function readCapped(c: Ctx, cap: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new HubError('body-too-large', `more than ${cap} bytes`, { params: { megabytes: cap / MIB } })
  if (Number(c.req.header('Content-Length') ?? 0) > cap) throw tooLarge()
  const reader = c.req.raw.body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > cap) {
      await reader.cancel().catch(() => {})
      throw tooLarge()
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

const isCsvCall = (path: string): boolean => path.startsWith(`${API}/trackings/`)

/** Reads and checks the body of an API call, and leaves it where the validators find it. */
export const checkedBody: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.path.startsWith(`${API}/hooks/`)) return next()
  const csv = isCsvCall(c.req.path)
  const bytes = await readCapped(c, csv ? CSV_CAP : JSON_CAP)
  if (bytes.byteLength === 0) {
    keep(c, { text: '' })
    return next()
  }
  const type = c.req.header('Content-Type') ?? ''
  if (!(csv ? CSV_TYPE : JSON_TYPE).test(type)) {
    const expected = csv ? 'text/csv' : 'application/json'
    throw new HubError('body-malformed', `content type ${type.slice(0, 60)}`, { params: { reason: 'type', expected } })
  }
  if (c.req.header('Content-Encoding'))
    throw new HubError('body-malformed', 'compressed body', { params: { reason: 'compressed' } })
  keep(c, csv ? { arrayBuffer: bytes.buffer } : { text: checkedJson(bytes) })
  await next()
}

/** The framework reads a body from here first. Its types say values, its code awaits promises. */
function keep(c: Ctx, body: { text: string } | { arrayBuffer: ArrayBuffer }): void {
  const promised = Object.fromEntries(Object.entries(body).map(([kind, value]) => [kind, Promise.resolve(value)]))
  Object.assign(c.req.bodyCache, promised)
}

function checkedJson(bytes: Uint8Array): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new HubError('body-malformed', 'not UTF-8', { params: { reason: 'encoding' }, cause })
  }
  if (depthOf(text) > DEEPEST) throw new HubError('body-malformed', 'nested too deep', { params: { reason: 'depth' } })
  return text
}

/** Deepest nesting of a JSON text, without parsing it. */
export function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (inString) {
      if (char === 0x5c) i++
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x5d || char === 0x7d) depth--
  }
  return deepest
}
