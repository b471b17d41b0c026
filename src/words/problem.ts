/**
 * An error code as two sentences: what is wrong, and what to do. Values a sentence asks for and an error does not
 * carry read as empty, because a message without its value still helps and a raw key never does.
 */
import type { ErrorCode } from '../domain/errors.ts'
import { type Locale, MESSAGES, translator } from './index.ts'

export interface ProblemText {
  title: string
  todo: string
}

const argumentNames = (message: string): string[] => [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((found) => found[1]!)

export function problemText(
  locale: Locale,
  code: ErrorCode | (string & {}),
  params: Record<string, string | number> = {},
  field?: string,
): ProblemText {
  const texts = MESSAGES[locale].errors as Record<string, ProblemText>
  const known = texts[code] ? code : 'internal'
  const say = (part: keyof ProblemText): string => {
    const message = texts[known]?.[part] ?? ''
    const values = Object.fromEntries(argumentNames(message).map((name) => [name, params[name] ?? (name === 'field' ? (field ?? '') : '')]))
    return translator(locale)(`errors.${known}.${part}`, values)
  }
  return { title: say('title'), todo: say('todo') }
}
