/**
 * Real exchanges with running WooCommerce shops (10.9.1 and 9.3.2), one file a story, one exchange a line, in order.
 * The keys in them existed only in those test shops: nothing is masked, so signatures verify.
 *
 * The trap: a body that is not clean JSON stands in `bodyBase64`, byte for byte. Reading `json` alone would miss the
 * byte order marks and PHP warnings these exchanges were made for. Bodies of HTML pages are cut after 2 kB (`cut`).
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface Recording {
  name: string
  scenario: string
  sequence: number
  shop: string
  note: string
  /** Absent: we asked the shop. Else the request is what our side received. */
  direction?: 'shop-to-us' | 'browser-to-us'
  request: {
    method: string
    scheme: 'http' | 'https'
    host: string
    path: string
    httpVersion?: string
    headers: Record<string, string>
    body?: string
    bodyBase64?: string
  }
  response: {
    /** 0: no answer at all. */
    status: number
    reason: string
    headers: [string, string][]
    json?: unknown
    text?: string
    bodyBase64?: string
    /** Where the connection broke. */
    incomplete?: string
    bytes: number
  }
  cut?: boolean
}

const folder = new URL('./', import.meta.url)
let all: Recording[] | undefined

/** Every exchange, story by story. Read once; nobody may change what it returns. */
export function recordings(): readonly Recording[] {
  all ??= readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Recording),
    )
  return all
}

let byName: Map<string, Recording> | undefined

export function recording(name: string): Recording {
  byName ??= new Map(recordings().map((one) => [one.name, one]))
  const found = byName.get(name)
  if (!found) throw new Error(`no recording named ${name}`)
  return found
}

export const header = (one: Recording, name: string): string | undefined =>
  one.response.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
