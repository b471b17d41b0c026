/**
 * Rules for tracking numbers and tracking links, the same for every carrier and every door (page, CLI, API, file).
 *
 * A number is pasted from mails, labels and spreadsheets. It ends up in a shop's admin page and in a mail to the
 * customer, so markup, control characters and spreadsheet formulas are refused here and never carried on.
 */
import { HubError } from './errors.ts'

/** Why a number or link was refused. */
export type TrackingFault =
  | 'empty'
  | 'control-characters'
  | 'markup'
  | 'formula'
  | 'spreadsheet-number'
  | 'no-digit-or-letter'
  | 'too-long'
  | 'url-malformed'
  | 'url-scheme'
  | 'url-with-login'
  | 'already-on-order'

/** Something a person may want to look at; nothing was refused. */
export interface TrackingWarning {
  code: 'long-number'
  field: string
}

/** PrestaShop stores 64 characters and cuts the rest without a word; carriers' own numbers are shorter by far. */
const LONG_NUMBER = 64
/** Nothing that is a number is longer; a whole pasted page is. */
const LONGEST_NUMBER = 255
const LONGEST_URL = 2000

// Line feeds, NUL, bidirectional overrides, zero-width signs: invisible, so never meant.
const INVISIBLE = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u
/** How spreadsheets start a formula (also after the quote that hides it). */
export const FORMULA = /^['"]?[=+@-]/

/** What a spreadsheet makes of a long number when its column is not text: the last digits are gone for good. */
const SHORTENED = /^\d(?:[.,]\d+)?E\+\d{1,3}$/i

const fault = (reason: TrackingFault, field: string, value: string): HubError =>
  new HubError('tracking-invalid', `${field}: ${reason}`, { field, params: { reason, value: shorten(value) } })

/** What was typed, safe and short enough to be shown again. */
const shorten = (value: string): string => {
  const visible = value.replace(/[\p{Cc}]/gu, ' ').trim()
  return visible.length > 60 ? `${visible.slice(0, 60)}…` : visible
}

/**
 * A tracking number as typed → as kept: blanks around it gone, blanks inside single.
 *
 * @throws HubError `tracking-invalid`; params.reason is a TrackingFault
 */
export function checkTracking(typed: string, field: string): { tracking: string; warnings: TrackingWarning[] } {
  // No-break and narrow spaces come with numbers copied from web pages; they are spaces.
  const tracking = typed
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .trim()
    .replace(/ {2,}/g, ' ')
  if (tracking === '') throw fault('empty', field, typed)
  if (INVISIBLE.test(tracking)) throw fault('control-characters', field, typed)
  if (/[<>]/.test(tracking)) throw fault('markup', field, typed)
  if (FORMULA.test(tracking)) throw fault('formula', field, typed)
  if (SHORTENED.test(tracking)) throw fault('spreadsheet-number', field, typed)
  if (!/[\p{L}\p{N}]/u.test(tracking)) throw fault('no-digit-or-letter', field, typed)
  if (tracking.length > LONGEST_NUMBER) throw fault('too-long', field, typed)
  return { tracking, warnings: tracking.length > LONG_NUMBER ? [{ code: 'long-number', field }] : [] }
}

/**
 * A tracking link as typed → as kept; blank means none.
 *
 * @throws HubError `tracking-invalid` for anything but http and https (`javascript:` would run in the shop's admin page)
 */
export function checkTrackingUrl(typed: string | undefined, field: string): string | undefined {
  const text = (typed ?? '').trim()
  if (text === '') return undefined
  if (text.length > LONGEST_URL) throw fault('too-long', field, text)
  if (INVISIBLE.test(text) || /[<>"\s]/.test(text)) throw fault('url-malformed', field, text)
  // Before parsing, because the parser forgives `java\nscript:` and the like.
  if (!/^https?:\/\//i.test(text))
    throw fault(/^[a-z][a-z0-9+.-]*:/i.test(text) ? 'url-scheme' : 'url-malformed', field, text)
  if (!URL.canParse(text)) throw fault('url-malformed', field, text)
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') throw fault('url-with-login', field, '')
  return url.href
}
