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

/** ICU names a choice with letters, digits and underscores; our reasons have hyphens. */
const choiceNames = (message: string): Set<string> => new Set([...message.matchAll(/\{\s*(\w+)\s*,\s*select/g)].map((found) => found[1]!))
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
    const choices = choiceNames(message)
    const values = Object.fromEntries(
      argumentNames(message).map((name) => {
        const value = params[name] ?? (name === 'field' ? (field ?? '') : '')
        return [name, choices.has(name) ? String(value).replaceAll('-', '_') : value]
      }),
    )
    return translator(locale)(`errors.${known}.${part}`, values)
  }
  return { title: say('title'), todo: say('todo') }
}
