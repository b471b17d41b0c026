/** Reads the recorded exchanges beside it; for tests. */
import { readFileSync } from 'node:fs'
import type { ShopResponse } from '../../domain/http.ts'

export interface Recorded {
  name: string
  scenario: string
  note: string
  direction?: string
  request: { method: string; scheme: string; host: string; path: string; headers: Record<string, string>; body?: string }
  response: { status: number; headers: [string, string][]; json?: unknown; text?: string; bodyBase64?: string; incomplete?: string }
}

export function recorded(scenario: string): Recorded[] {
  const lines = readFileSync(new URL(`./recordings/${scenario}.jsonl`, import.meta.url), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Recorded)
}

export function exchange(scenario: string, name: string): Recorded {
  const found = recorded(scenario).find((candidate) => candidate.name === name)
  if (!found) throw new Error(`no recorded exchange ${name} in ${scenario}`)
  return found
}

/** The answer as the transport would hand it over (already decompressed). */
export function answerOf({ request, response }: Recorded): ShopResponse {
  const encoded = response.headers.some(([name]) => name.toLowerCase() === 'content-encoding')
  const body =
    response.json !== undefined && (encoded || response.bodyBase64 === undefined)
      ? Buffer.from(JSON.stringify(response.json))
      : response.bodyBase64 !== undefined
        ? Buffer.from(response.bodyBase64, 'base64')
        : Buffer.from(response.text ?? '')
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value])),
    body,
    url: `${request.scheme}://${request.host}${request.path}`,
    wireBytes: body.byteLength,
    tookMs: 1,
    ...(response.incomplete ? { incomplete: true } : {}),
  }
}
