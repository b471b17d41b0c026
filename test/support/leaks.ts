/**
 * Looks for secrets in anything that is kept or shown: whole or in pieces, as they are, URL-encoded, escaped for JSON
 * or HTML, in base64 at any offset, in hex.
 *
 * The trap: half a key at the edge of a cut text is a leak too, so every run of ten letters or digits of a secret
 * counts as one. Such a run survives every escaping unchanged; only base64 and hex need forms of their own.
 */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

const PIECE = 10

export interface Leak {
  secret: string
  where: string
  near: string
}

export class LeakFinder {
  readonly #needles: { secret: string; text: string; exact: boolean }[] = []
  readonly secrets: string[] = []

  /** @param value must hold at least ten letters or digits in a row */
  plant(secret: string, value: string): void {
    const runs = value.match(/[A-Za-z0-9]{10,}/g) ?? []
    if (runs.length === 0) throw new Error(`${secret} has no run of ${PIECE} letters or digits to look for`)
    this.secrets.push(secret)
    const pieces = runs.flatMap((run) =>
      Array.from({ length: run.length - PIECE + 1 }, (_, at) => run.slice(at, at + PIECE)),
    )
    const forms = [value, ...runs].flatMap((text) => insideBase64(text))
    for (const text of new Set(pieces)) this.#needles.push({ secret, text, exact: true })
    for (const text of new Set(forms)) this.#needles.push({ secret, text, exact: true })
    for (const run of runs) this.#needles.push({ secret, text: Buffer.from(run).toString('hex'), exact: false })
  }

  /** First leak of each secret in a text. */
  in(where: string, text: string): Leak[] {
    const found = new Map<string, Leak>()
    const lower = text.toLowerCase()
    for (const { secret, text: needle, exact } of this.#needles) {
      if (found.has(secret)) continue
      const at = exact ? text.indexOf(needle) : lower.indexOf(needle)
      if (at >= 0)
        found.set(secret, { secret, where, near: text.slice(Math.max(0, at - 120), at + needle.length + 60) })
    }
    return [...found.values()]
  }

  /** Bytes as they are, and unpacked by whatever unpacks them. */
  inBytes(where: string, bytes: Buffer): Leak[] {
    const unpacked = [inflateRawSync, inflateSync, gunzipSync, brotliDecompressSync].flatMap((unpack) => {
      try {
        return [unpack(bytes)]
      } catch {
        return []
      }
    })
    return [bytes, ...unpacked].flatMap((one) => [
      ...this.in(where, one.toString('utf8')),
      ...this.in(where, one.toString('latin1')),
    ])
  }
}

/** What base64 leaves of a text in the middle of a longer one, for each of the three ways it can lie. */
function insideBase64(value: string): string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url')
    const core = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    // Pieces without the two signs that differ between base64 and base64url.
    return core.match(/[A-Za-z0-9]{12,}/g) ?? []
  })
}
