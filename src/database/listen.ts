/**
 * Hearing NOTIFY: a connection of its own per channel, as a pooled one would be handed on and stop listening.
 *
 * A notification that is sent while nobody is connected is lost, so each reconnection is announced as well.
 */
import pg from 'pg'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

export interface Listening {
  close(): Promise<void>
}

export async function listenOn(
  connection: pg.ClientConfig,
  channel: string,
  heard: (payload: string | undefined) => void,
  log: (line: string) => void,
): Promise<Listening> {
  let closed = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined

  const connect = async () => {
    const next = new pg.Client({ ...connection, keepAlive: true })
    next.on('notification', (message) => heard(message.payload))
    next.on('error', () => {}) // `end` follows
    await next.connect()
    await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    client = next
    next.once('end', () => !closed && again(FIRST_WAIT_MS))
  }
  const again = (waitMs: number) => {
    log(`not listening to ${channel}; trying again in ${waitMs} ms`)
    timer = setTimeout(() => {
      connect().then(
        () => (closed ? void client?.end() : heard(undefined)),
        () => !closed && again(Math.min(waitMs * 2, LONGEST_WAIT_MS)),
      )
    }, waitMs)
  }

  await connect()
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
