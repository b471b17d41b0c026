/** The search index asked for whole words: orders that have all words of any of these texts. */
import { searchTokens, searchWords } from './order-search.ts'
import type { Order } from '../domain/order.ts'

/** For `@@` on the tokens; '' when no text has a word. The caller compares the column itself as well. */
export const exactWordsQuery = (searchKey: string, texts: readonly string[]): string =>
  texts
    .map((number) => searchTokens(searchKey, searchWords({ ...EMPTY, number })))
    .filter((tokens) => tokens !== '')
    .map((tokens) => `(${tokens.split(' ').map(quoteLexeme).join(' & ')})`)
    .join(' | ')

/** Words are made where orders are indexed, so that both sides agree. */
const EMPTY = { customer: {}, shipTo: {}, billTo: {}, lines: [] } as unknown as Order

const quoteLexeme = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
