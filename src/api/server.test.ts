import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { listen, listenOnSocket, type Listening } from './server.ts'

let opened: Listening[] = []
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close(50)))
  opened = []
})
const keep = async (listening: Promise<Listening>) => {
  const one = await listening
  opened.push(one)
  return one
}
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'passerelle-socket-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
const hello = () => new Hono().get('/', (c) => c.text('hello'))

const overSocket = (socketPath: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, path: '/' }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('end', () => resolve(text))
    })
    call.on('error', reject)
    call.end()
  })

test('listens on a free port and says which', async () => {
  const { host, port } = await keep(listen(hello(), { host: '127.0.0.1', port: 0 }))

  const answer = await fetch(`http://${host}:${port}/`)

  expect(await answer.text()).toBe('hello')
})

test('a port that is taken is named, with what to do', async () => {
  const { port } = await keep(listen(hello(), { host: '127.0.0.1', port: 0 }))

  await expect(listen(hello(), { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'config-invalid',
    field: 'PORT',
  })
})

test('the socket answers and only its owner may open it', async () => {
  const path = join(folder(), 'hub.sock')
  await keep(listenOnSocket(hello(), path))

  expect(await overSocket(path)).toBe('hello')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a socket left by a killed hub is replaced', async () => {
  const path = join(folder(), 'hub.sock')
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  expect(() => execFileSync(process.execPath, ['-e', script], { stdio: 'ignore' })).toThrow()
  expect(statSync(path).isSocket()).toBe(true)

  await keep(listenOnSocket(hello(), path))

  expect(await overSocket(path)).toBe('hello')
})

test('a folder another hub listens in is refused, and that hub goes on', async () => {
  const path = join(folder(), 'hub.sock')
  await keep(listenOnSocket(hello(), path))

  await expect(listenOnSocket(hello(), path)).rejects.toMatchObject({
    code: 'config-invalid',
    field: 'PASSERELLE_DATA',
  })

  expect(await overSocket(path)).toBe('hello')
})

test('closing takes the socket away', async () => {
  const path = join(folder(), 'hub.sock')
  const listening = await listenOnSocket(hello(), path)

  await listening.close()

  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
})

test('a call under way ends before the server does', async () => {
  let answer = () => {}
  const slow = new Promise<void>((resolve) => (answer = resolve))
  let reached = () => {}
  const arrived = new Promise<void>((resolve) => (reached = resolve))
  const app = new Hono().get('/', async (c) => {
    reached()
    await slow
    return c.text('done')
  })
  const { host, port, close } = await listen(app, { host: '127.0.0.1', port: 0 })
  const call = fetch(`http://${host}:${port}/`)
  await arrived

  const closed = close()
  answer()

  expect(await (await call).text()).toBe('done')
  await closed
})

test('headers beyond 16 KiB are refused', async () => {
  const { host, port } = await keep(listen(hello(), { host: '127.0.0.1', port: 0 }))
  const first = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, host, () =>
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`),
    )
    socket.on('data', (data) => resolve(data.toString().split('\r\n')[0]!))
    socket.on('error', reject)
  })

  expect(first).toContain('431')
})
