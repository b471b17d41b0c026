/**
 * A code of `domain/errors.ts`, or of a refusal, as two sentences: what is wrong, and what to do. Values a sentence asks for and an error does not
 * carry read as empty, because a message without its value still helps and a raw key never does.
 */
import type { ErrorCode } from '../domain/errors.ts'
import { type Locale, MESSAGES, translator } from './index.ts'

export interface ProblemText {
  title: string
  todo: string
}

/** ICU names a choice with letters, digits and underscores; our reasons have hyphens. */
const choiceNames = (message: string): Set<string> =>
  new Set([...message.matchAll(/\{\s*(\w+)\s*,\s*select/g)].map((found) => found[1]!))
const argumentNames = (message: string): string[] =>
  [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((found) => found[1]!)

export function problemText(
  locale: Locale,
  code: ErrorCode | (string & {}),
  params: Record<string, string | number> = {},
  field?: string,
): ProblemText {
  const { errors, refusals } = MESSAGES[locale] as unknown as Record<string, Record<string, ProblemText>>
  const [room, known] = errors?.[code]
    ? ['errors', code]
    : refusals?.[code]
      ? ['refusals', code]
      : ['errors', 'internal']
  const say = (part: keyof ProblemText): string => {
    const message = (room === 'errors' ? errors : refusals)?.[known]?.[part] ?? ''
    const choices = choiceNames(message)
    const values = Object.fromEntries(
      argumentNames(message).map((name) => {
        const value = params[name] ?? (name === 'field' ? (field ?? '') : '')
        return [name, choices.has(name) ? String(value).replaceAll('-', '_') : value]
      }),
    )
    return translator(locale)(`${room}.${known}.${part}`, values)
  }
  return { title: say('title'), todo: say('todo') }
}
