/** From the command to a hub that answers: the first start (new database) and a later one. Installing is not in it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, ms, type Line } from './report.ts'

const BIN = join(import.meta.dirname, '../bin/passerelle')
const ROUNDS = 5

export async function benchStart(): Promise<Line[]> {
  const first: number[] = []
  const later: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-start-'))
    first.push(await startOnce(folder))
    later.push(await startOnce(folder))
    rmSync(folder, { recursive: true, force: true })
  }
  return [
    {
      what: 'first start to ready (new database)',
      measured: ms(median(first)),
      beside: `median of ${ROUNDS}, ${ms(Math.max(...first))} at most`,
    },
    {
      what: 'later start to ready',
      measured: ms(median(later)),
      beside: `median of ${ROUNDS}, ${ms(Math.max(...later))} at most`,
    },
  ]
}

function startOnce(folder: string): Promise<number> {
  const began = performance.now()
  const child = spawn(process.execPath, [BIN, 'start'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'en_US.UTF-8',
      PORT: '0',
      PASSERELLE_DATA: join(folder, 'data'),
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let took = 0
    child.stdout.on('data', (chunk: Buffer) => {
      if (took > 0 || !chunk.includes('is ready')) return
      took = performance.now() - began
      child.kill('SIGINT')
    })
    child.once('exit', (code) =>
      took > 0 ? resolve(took) : reject(new Error(`ended with ${code} before it was ready`)),
    )
  })
}
