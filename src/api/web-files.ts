/**
 * The built web app. The files are listed once and looked up by name, so no address, however it is written, reaches
 * a file outside the folder.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

export const WEB_DIST = join(import.meta.dirname, '../../web/dist')

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.json', '.svg', '.webmanifest', '.txt'])
/** The build writes a digest into a name whose content it decides: `index-BxQ2k9_3.js`. */
const HASHED = /-[A-Za-z0-9_-]{8,}\.\w+$/

export interface WebFile {
  type: string
  etag: string
  cacheControl: string
  body(acceptEncoding: string): { bytes: Uint8Array<ArrayBuffer>; encoding?: 'br' | 'gzip' }
}

export interface WebFiles {
  /** @param path as in the address, starting with a slash */
  find(path: string): WebFile | undefined
}

export function webFiles(folder = WEB_DIST): WebFiles {
  let files = new Map<string, WebFile>()
  let builtAt = 0
  /** A build while the hub runs changes the start page; its time is looked at again with every page. */
  const refresh = () => {
    const stamp = statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (stamp === builtAt) return
    files = stamp === 0 ? new Map() : list(folder)
    builtAt = stamp
  }
  return {
    find(path) {
      if (path === '/index.html' || !files.has(path)) refresh()
      return files.get(path)
    },
  }
}

function list(folder: string): Map<string, WebFile> {
  const files = new Map<string, WebFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    files.set(`/${relative(folder, file).split(sep).join('/')}`, webFile(file))
  }
  return files
}

function webFile(file: string): WebFile {
  const ending = extname(file)
  const plain = new Uint8Array(readFileSync(file))
  const packed = new Map<string, Uint8Array<ArrayBuffer>>()
  const pack = (encoding: 'br' | 'gzip') => {
    const bytes =
      packed.get(encoding) ??
      new Uint8Array(
        encoding === 'br'
          ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
          : gzipSync(plain),
      )
    packed.set(encoding, bytes)
    return { bytes, encoding }
  }
  return {
    type: TYPES[ending] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    cacheControl: HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
    body(acceptEncoding) {
      if (!COMPRESSIBLE.has(ending) || plain.byteLength < 1000) return { bytes: plain }
      if (/\bbr\b/.test(acceptEncoding)) return pack('br')
      if (/\bgzip\b/.test(acceptEncoding)) return pack('gzip')
      return { bytes: plain }
    },
  }
}
