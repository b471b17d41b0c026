/**
 * Reads the body of an answer: never more than the cap, on the wire or after decompression.
 *
 * The traps: 32 kB of gzip can hold gigabytes, so the decoder itself is stopped; and a body that was cut or was
 * never what its header says is not an error but an answer that is `incomplete`, kept as far as it could be read,
 * because what is in it tells what is wrong with the shop.
 */
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { HubError } from '../domain/errors.ts'

export interface WireBody {
  bytes: Buffer
  /** What broke the body off, when something did. */
  brokenBy?: unknown
}

/** A smaller body is decoded at once (twice as fast), a larger one beside the event loop. */
const AT_ONCE_BYTES = 64 * 1024

const tooLarge = (capBytes: number) =>
  new HubError('response-too-large', `the answer is larger than ${capBytes} bytes`, {
    params: { megabytes: Math.floor(capBytes / 1024 / 1024), sent: 'maybe' },
  })

/** @throws HubError `response-too-large`; HubErrors of the stream pass, other breaks are told in `brokenBy` */
export async function readWire(
  stream: AsyncIterable<Buffer> & { destroy(): unknown },
  capBytes: number,
  announced?: string,
): Promise<WireBody> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    if (Number(announced ?? 0) > capBytes) throw tooLarge(capBytes)
    for await (const chunk of stream) {
      length += chunk.length
      if (length > capBytes) throw tooLarge(capBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    stream.destroy()
    if (error instanceof HubError) throw error
    return { bytes: Buffer.concat(chunks), brokenBy: error }
  }
  return { bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length) }
}

interface Coding {
  atOnce(bytes: Buffer, options: zlib.ZlibOptions): Buffer
  beside(bytes: Buffer, options: zlib.ZlibOptions): Promise<Buffer>
  stream(): zlib.Gunzip | zlib.BrotliDecompress
  looksLikeIt(bytes: Buffer): boolean
}

const isZlib = (bytes: Buffer) => bytes.length > 1 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0

const GZIP: Coding = {
  atOnce: zlib.gunzipSync,
  beside: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  stream: () => zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  looksLikeIt: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b,
}
const DEFLATE: Coding = {
  atOnce: zlib.inflateSync,
  beside: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  stream: () => zlib.createInflate({ finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  looksLikeIt: isZlib,
}
/** Some servers mean the bare stream when they say deflate. */
const BARE_DEFLATE: Coding = {
  atOnce: zlib.inflateRawSync,
  beside: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw),
  stream: () => zlib.createInflateRaw({ finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  looksLikeIt: () => true,
}
const BROTLI: Coding = {
  atOnce: zlib.brotliDecompressSync,
  beside: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  stream: () => zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
  looksLikeIt: () => true,
}

function codingOf(name: string, bytes: Buffer): Coding | undefined {
  if (name === 'gzip' || name === 'x-gzip') return GZIP
  if (name === 'br') return BROTLI
  if (name === 'deflate') return isZlib(bytes) ? DEFLATE : BARE_DEFLATE
  return undefined
}

/**
 * Undoes `Content-Encoding`.
 *
 * @returns `broken` when the bytes are not what the header says: then the part that could be read, or the bytes as
 * they came when none could
 * @throws HubError `response-too-large`
 */
export async function decode(
  bytes: Buffer,
  encoding: string | undefined,
  capBytes: number,
): Promise<{ body: Buffer; broken: boolean }> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const codings = names.filter((name) => name && name !== 'identity').reverse()
  let body = bytes
  for (const name of codings.slice(0, 3)) {
    if (body.length === 0) break
    const coding = codingOf(name, body)
    const decoded = coding && (await decodeOne(body, coding, capBytes))
    if (!decoded) return { body, broken: true }
    body = decoded.body
    if (decoded.broken) return { body, broken: true }
  }
  if (body.length > capBytes) throw tooLarge(capBytes)
  return { body, broken: false }
}

async function decodeOne(bytes: Buffer, coding: Coding, capBytes: number): Promise<{ body: Buffer; broken: boolean }> {
  try {
    const options = { maxOutputLength: capBytes }
    const body = bytes.length <= AT_ONCE_BYTES ? coding.atOnce(bytes, options) : await coding.beside(bytes, options)
    return { body, broken: false }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(capBytes)
    const readable = coding.looksLikeIt(bytes) ? await salvage(bytes, coding, capBytes) : undefined
    return { body: readable?.length ? readable : bytes, broken: true }
  }
}

/** As much as a broken stream still holds. Fed in slices, because what a slice held before its fault is lost with it. */
function salvage(bytes: Buffer, coding: Coding, capBytes: number): Promise<Buffer> {
  const stream = coding.stream()
  const parts: Buffer[] = []
  const sliceBytes = Math.max(512, Math.ceil(bytes.length / 2000))
  let length = 0
  let at = 0

  return new Promise((resolve, reject) => {
    const feed = () => {
      if (at >= bytes.length) return stream.end()
      stream.write(bytes.subarray(at, at + sliceBytes), (error) => error || feed())
      at += sliceBytes
    }
    stream.on('data', (part: Buffer) => {
      length += part.length
      parts.push(part)
      if (length > capBytes) stream.destroy(tooLarge(capBytes))
    })
    stream.on('error', (error) => (error instanceof HubError ? reject(error) : undefined))
    stream.on('close', () => resolve(Buffer.concat(parts, length)))
    feed()
  })
}
