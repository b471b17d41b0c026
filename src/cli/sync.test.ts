import { expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import type { Caller } from './main.ts'
import { settled } from './sync.ts'

const ONE = { id: 'int_1', name: 'Savons', askedAt: '2026-11-24T09:00:00.000Z' }
const say = (key: string) => key

/** An API whose long poll takes 30 s each time and then says what `answers` says. */
function hubOf(answers: (turn: number) => { imported: number; running: boolean }) {
  const clock = fakeClock()
  let turn = 0
  const hub = {
    get: async () => {
      await clock.advance(30_000)
      return { changed: 0, unchanged: 0, quarantined: 0, requests: 0, durationMs: 0, ...answers(turn++) }
    },
  } as unknown as Caller
  return { hub, clock, turns: () => turn }
}

test('a sync that nobody works on is given up, and says so', async () => {
  const { hub, clock, turns } = hubOf(() => ({ imported: 0, running: true }))
  const said: string[] = []

  const result = await settled(hub, ONE, (line) => said.push(line), say, clock)

  expect(result.running).toBe(true)
  expect(said.at(-1)).toBe('sync.stuck')
  expect(turns()).toBeLessThan(20)
})

test('a sync that gets on is waited for, however long it takes', async () => {
  const { hub, clock } = hubOf((turn) => ({ imported: turn, running: turn < 100 }))

  expect(await settled(hub, ONE, () => {}, say, clock)).toMatchObject({ imported: 100, running: false })
})
