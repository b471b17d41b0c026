/**
 * One call that writes: its intent stored before, its answer after, and what an earlier attempt left is looked at first.
 * A call that mails the customer is made again only when the earlier one certainly did nothing.
 */
import { HubError } from '../../domain/errors.ts'
import type { WriteJournal, WriteStep } from '../../domain/shipment.ts'
import { type Answer, didNothing } from './classify.ts'

export type Before = 'never' | 'done' | 'failed' | 'unknown'

/** The shop said no to a write: a person decides. */
export class ShopRefused extends Error {
  readonly detail: string
  readonly status: number
  constructor(answer: Answer) {
    super(`${answer.status} ${answer.error?.code}`)
    this.detail = `${answer.error?.code ?? answer.status}: ${answer.error?.message ?? ''}`.slice(0, 300)
    this.status = answer.status
  }
}

/** A carrier's name, whatever a shop does to signs and blanks. */
export const sameCarrier = (a: string, b: string): boolean => bareName(a) === bareName(b)
const bareName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** A link, whatever a shop escapes in it. */
export const sameLink = (a: string, b: string): boolean => bareLink(a) === bareLink(b)
function bareLink(link: string): string {
  const text = link.trim().replace(/&(?:amp|#0?38);/g, '&')
  try {
    return text === '' ? '' : decodeURI(new URL(text).href)
  } catch {
    return text
  }
}

export class Writer {
  readonly journal: WriteJournal
  /** Calls made in this attempt. */
  wrote = 0

  constructor(journal: WriteJournal) {
    this.journal = journal
  }

  /** What an earlier attempt at this step came to. */
  before(name: string): Before {
    const step = this.journal.steps.findLast((candidate: WriteStep) => candidate.name === name)
    if (!step) return 'never'
    if (step.state !== 'answered') return 'unknown'
    return (step.answer as { ok?: unknown } | undefined)?.ok === true ? 'done' : 'failed'
  }

  /** What an earlier attempt sent with this step and the shop took. */
  taken(name: string): unknown {
    return this.before(name) === 'done' ? this.journal.steps.findLast((step) => step.name === name)!.sent : undefined
  }

  /** @throws ShopRefused when the shop answered no; HubError when it did not answer as it should */
  async write(step: { name: string; mails: boolean; sent: unknown }, call: () => Promise<Answer>): Promise<Answer> {
    await this.journal.before(step)
    this.wrote++
    let answer: Answer
    try {
      answer = await call()
    } catch (thrown) {
      if (didNothing(thrown)) await this.journal.after(step.name, { ok: false, error: (thrown as HubError).code })
      throw thrown
    }
    await this.journal.after(step.name, {
      ok: answer.status < 400,
      status: answer.status,
      ...(answer.error ? { code: answer.error.code } : {}),
    })
    if (answer.status >= 400) throw new ShopRefused(answer)
    return answer
  }
}
