/**
 * The shape of a backup file: gzip of lines, readable with zcat.
 *
 *     passerelle-backup 1                                    magic and format version
 *     {"schema":1,"migrations":[…],…}                        what it was made from
 *     {"table":"orders","columns":["workspace_id",…]}        then its rows as COPY text, then a line \.
 *     {"rows":5000,"sha256":"…"}                             what the rows must come to
 *     {"end":true,"tables":22,"rows":61234}                  without it the file was cut
 *
 * COPY text escapes line feeds and backslashes inside values, so no row can look like the line that ends them. Text and
 * not binary, as it crosses major versions of PostgreSQL.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { HubError } from '../domain/errors.ts'

export const MAGIC = 'passerelle-backup'
export const FORMAT = 1
export const END_OF_ROWS = '\\.'
const LONGEST_HEAD = 4 * 1024 * 1024

export const Header = z.object({
  schema: z.number().int().min(1),
  migrations: z.array(z.object({ number: z.number(), name: z.string(), checksum: z.string() })),
  createdAt: z.string(),
  postgres: z.string(),
  partitions: z.array(z.object({ name: z.string(), parent: z.string(), bounds: z.string() })),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
})
export type Header = z.infer<typeof Header>

const TableHead = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })
const TableFoot = z.object({ rows: z.number(), sha256: z.string() })
const End = z.object({ end: z.literal(true), tables: z.number(), rows: z.number() })

/** Why a file cannot be restored: a word for `params.reason`, translated where people read it. */
export type Unreadable = 'foreign' | 'newer' | 'truncated' | 'damaged'

export function unreadable(file: string, reason: Unreadable, what: string, cause?: unknown): HubError {
  return new HubError('backup-unreadable', `${file}: ${what}`, { field: 'file', params: { file, reason, what }, cause })
}

/** One table of the file. Its rows must be read to the end before the next table is asked for. */
export interface TableInFile {
  name: string
  columns: string[]
  /** @throws HubError `backup-unreadable` after the last row when they are not what was written */
  rows(): AsyncIterable<Buffer>
}

export class BackupReader {
  readonly #file: string
  readonly #source
  readonly #lines: AsyncGenerator<Buffer>
  tables = 0
  rows = 0

  constructor(file: string) {
    this.#file = file
    this.#source = createReadStream(file)
    this.#lines = linesOf(this.#source.pipe(createGunzip()), this.#source)
  }

  close(): void {
    this.#source.destroy()
  }

  async header(): Promise<Header> {
    const first = await this.#line()
    const [word, format, ...rest] = first.subarray(0, 100).toString('latin1').split(' ')
    if (word !== MAGIC || rest.length > 0 || !/^\d+$/.test(format ?? '')) {
      throw unreadable(this.#file, 'foreign', 'this is not a backup of Passerelle')
    }
    if (Number(format) > FORMAT) {
      throw unreadable(this.#file, 'newer', `it was written in format ${format}; this program reads up to ${FORMAT}`)
    }
    return this.#json(Header)
  }

  /** The next table, or undefined after the last one. */
  async next(): Promise<TableInFile | undefined> {
    const head = await this.#json(z.union([TableHead, End]))
    if ('end' in head) return this.#finish(head)
    return { name: head.table, columns: head.columns, rows: () => this.#rows(head.table) }
  }

  async *#rows(table: string): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    let count = 0
    for await (const piece of this.#pieces()) {
      hash.update(piece.bytes)
      count += piece.rows
      yield piece.bytes
    }
    const foot = await this.#json(TableFoot)
    if (foot.rows !== count || foot.sha256 !== hash.digest('hex')) {
      throw unreadable(this.#file, 'damaged', `the rows of table ${table} are not those that were written`)
    }
    this.tables++
    this.rows += count
  }

  /** Rows gathered to pieces of a good size, up to the line that ends them. */
  async *#pieces(): AsyncGenerator<{ bytes: Buffer; rows: number }> {
    let gathered: Buffer[] = []
    let size = 0
    for (;;) {
      const line = await this.#line()
      const isEnd = line.length === 2 && line.toString('latin1') === END_OF_ROWS
      if (!isEnd) {
        gathered.push(line, NEWLINE)
        size += line.length + 1
      }
      if (gathered.length > 0 && (isEnd || size > PIECE)) {
        yield { bytes: Buffer.concat(gathered, size), rows: gathered.length / 2 }
        gathered = []
        size = 0
      }
      if (isEnd) return
    }
  }

  async #finish(end: z.infer<typeof End>): Promise<undefined> {
    if (end.tables !== this.tables || end.rows !== this.rows) {
      throw unreadable(this.#file, 'damaged', `it holds ${this.tables} tables, and says ${end.tables}`)
    }
    if (!(await this.#next()).done) throw unreadable(this.#file, 'damaged', 'something follows its end')
    return undefined
  }

  async #json<T>(shape: z.ZodType<T>): Promise<T> {
    const line = await this.#line()
    try {
      if (line.length > LONGEST_HEAD) throw new Error('too long')
      return shape.parse(JSON.parse(line.toString('utf8')))
    } catch (cause) {
      throw unreadable(this.#file, 'damaged', 'a line that describes what follows cannot be read', cause)
    }
  }

  async #line(): Promise<Buffer> {
    const next = await this.#next()
    if (next.done) throw unreadable(this.#file, 'truncated', 'it ends too early')
    return next.value
  }

  async #next() {
    try {
      return await this.#lines.next()
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      const what = String((cause as Error).message)
      if (code === 'Z_BUF_ERROR') throw unreadable(this.#file, 'truncated', 'it ends too early', cause)
      if (code === 'Z_DATA_ERROR' && /header/.test(what)) {
        throw unreadable(this.#file, 'foreign', 'this is not a backup of Passerelle', cause)
      }
      if (code?.startsWith('Z_')) throw unreadable(this.#file, 'damaged', `it cannot be unpacked (${what})`, cause)
      throw new HubError('file-unreadable', what, { field: 'file', params: { file: this.#file }, cause })
    }
  }
}

const NEWLINE = Buffer.from('\n')
const PIECE = 64 * 1024

/** Whole lines without their line feed. A file that is cut in the middle of one gives no half line. */
async function* linesOf(stream: NodeJS.ReadableStream, source: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  source.on('error', (error) => (stream as NodeJS.ReadableStream & { destroy(error: Error): void }).destroy(error))
  let rest: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, at)
      yield rest.length > 0 ? Buffer.concat([...rest, piece]) : piece
      rest = []
      from = at + 1
    }
    if (from < chunk.length) rest.push(chunk.subarray(from))
  }
}
