/**
 * Listening: on a port for people, shops and programs, and on a socket in the data folder for the command line.
 *
 * Whoever can open the socket is the operator, so it must never be open to others, not even between its creation and
 * a chmod: it is made under a mask that gives it mode 0600 at once.
 */
import { chmodSync, existsSync, statSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect, type AddressInfo, type ListenOptions } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { HubError } from '../domain/errors.ts'

export interface Listening {
  host: string
  port: number
  /** No new calls; those under way may end, for at most `graceMs`. */
  close(graceMs?: number): Promise<void>
}

const HEADERS_MS = 15_000
/** For the whole request to arrive; how long its answer takes (a long poll: 60 s) is another matter. */
const REQUEST_MS = 60_000
const IDLE_MS = 65_000
const LARGEST_HEADERS = 16 * 1024
const GRACE_MS = 5_000

function serverOf(app: Hono): Server {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { maxHeaderSize: LARGEST_HEADERS } }) as Server
  server.headersTimeout = HEADERS_MS
  server.requestTimeout = REQUEST_MS
  server.keepAliveTimeout = IDLE_MS
  server.maxRequestsPerSocket = 10_000
  server.maxConnections = 2_000
  return server
}

/** @throws HubError `config-invalid` when the port is taken or not allowed */
export async function listen(app: Hono, options: { host: string; port: number }): Promise<Listening> {
  const server = serverOf(app)
  await start(server, options).catch((cause: NodeJS.ErrnoException) => {
    const settings =
      cause.code === 'EADDRINUSE'
        ? `PORT: ${options.port} is taken by another program; choose another one`
        : `HOST, PORT: cannot listen on ${options.host}:${options.port} (${cause.code ?? cause.message})`
    throw new HubError('config-invalid', settings, { field: 'PORT', params: { settings }, cause })
  })
  const { address, port } = server.address() as AddressInfo
  return { host: address, port, close: (graceMs) => stop(server, graceMs) }
}

/** @throws HubError `config-invalid` when another hub listens there */
export async function listenOnSocket(app: Hono, path: string): Promise<Listening> {
  if (existsSync(path)) {
    if (await answers(path)) {
      const settings = `PASSERELLE_DATA: another hub uses this folder (${path} answers)`
      throw new HubError('config-invalid', settings, { field: 'PASSERELLE_DATA', params: { settings } })
    }
    if (statSync(path).isSocket()) unlinkSync(path) // left by a hub that was killed
  }
  const server = serverOf(app)
  // The socket is bound before listen() returns; the mask is back before anything else of this process runs.
  const mask = process.umask(0o177)
  const started = start(server, { path })
  process.umask(mask)
  await started.catch((cause: Error) => {
    const settings = `PASSERELLE_DATA: no socket can be made at ${path} (${cause.message})`
    throw new HubError('config-invalid', settings, { field: 'PASSERELLE_DATA', params: { settings }, cause })
  })
  chmodSync(path, 0o600)
  const ours = statSync(path).ino
  return {
    host: path,
    port: 0,
    close: async (graceMs) => {
      await stop(server, graceMs)
      // Node removes it; a hub that took over meanwhile has made one of its own.
      const there = statSync(path, { throwIfNoEntry: false })
      if (there?.isSocket() && there.ino === ours) unlinkSync(path)
    },
  }
}

const start = (server: Server, options: ListenOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })

const stop = (server: Server, graceMs = GRACE_MS): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), graceMs)
    // A connection becomes idle when its last answer is out; closing looks at that moment only once.
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearTimeout(late)
      clearInterval(idle)
      resolve()
    })
    server.closeIdleConnections()
  })

/** Whether a hub listens there already. */
export const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
