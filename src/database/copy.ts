/**
 * COPY over the driver's own connection: rows as text, a piece at a time, so a table of any size passes through little
 * memory. The driver hands COPY messages to the query that is active; these two are such queries.
 */
import type pg from 'pg'

/** What the driver's connection offers beyond its published types. */
interface Wire {
  query(text: string): void
  stream: {
    pause(): void
    resume(): void
    writableNeedDrain: boolean
    once(event: 'drain' | 'close', done: () => void): void
  }
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

/** Methods the driver calls on its active query. */
abstract class CopyQuery {
  readonly done: Promise<void>
  protected finish!: () => void
  protected fail!: (error: unknown) => void
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    this.done = new Promise((resolve, reject) => {
      this.finish = resolve
      this.fail = reject
    })
    this.done.catch(() => {}) // awaited later by whoever asked
  }

  submit(wire: Wire): null {
    wire.query(this.#text)
    return null
  }

  handleError(error: unknown): void {
    this.fail(error)
  }

  handleReadyForQuery(): void {
    this.finish()
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handleRowDescription(): void {}
}

class CopyOut extends CopyQuery {
  readonly #each: (chunk: Buffer) => Promise<void> | void

  constructor(text: string, each: (chunk: Buffer) => Promise<void> | void) {
    super(text)
    this.#each = each
  }

  handleCopyData(message: { chunk: Buffer }, wire: Wire): void {
    // A copy: the driver writes the next messages over the buffer that this one is a slice of.
    const slow = this.#each(Buffer.from(message.chunk))
    if (!slow) return
    wire.stream.pause()
    slow.then(
      () => wire.stream.resume(),
      (error: unknown) => {
        this.fail(error)
        wire.stream.resume()
      },
    )
  }
}

class CopyIn extends CopyQuery {
  readonly #chunks: AsyncIterable<Buffer>
  #refused = false

  constructor(text: string, chunks: AsyncIterable<Buffer>) {
    super(text)
    this.#chunks = chunks
  }

  /** The server refused a row: what follows would only be thrown away. */
  override handleError(error: unknown): void {
    this.#refused = true
    super.handleError(error)
  }

  handleCopyInResponse(wire: Wire): void {
    void this.#send(wire)
  }

  async #send(wire: Wire): Promise<void> {
    try {
      for await (const chunk of this.#chunks) {
        if (this.#refused) return
        wire.sendCopyFromChunk(chunk)
        if (!wire.stream.writableNeedDrain) continue
        await new Promise<void>((resolve) => {
          wire.stream.once('drain', resolve)
          wire.stream.once('close', resolve)
        })
      }
      if (!this.#refused) wire.endCopyFrom()
    } catch (error) {
      if (this.#refused) return
      this.fail(error) // the first reason, not the server's echo of it
      wire.sendCopyFail(error instanceof Error ? error.message : 'stopped')
    }
  }
}

/** Runs a `COPY … TO STDOUT`; one call of `each` per row. A promise it returns holds the server back. */
export async function copyOut(
  client: pg.ClientBase,
  statement: string,
  each: (chunk: Buffer) => Promise<void> | void,
): Promise<void> {
  const query = new CopyOut(statement, each)
  client.query(query as unknown as pg.Submittable)
  await query.done
}

/** Runs a `COPY … FROM STDIN` with the rows as they come. When `chunks` throws, nothing of it is written. */
export async function copyIn(client: pg.ClientBase, statement: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const query = new CopyIn(statement, chunks)
  client.query(query as unknown as pg.Submittable)
  await query.done
}
