/** Ids cross the border here: shown with a prefix outside, plain inside. */
import { HubError } from '../domain/errors.ts'
import { type IdKind, readId, showId } from '../domain/id.ts'

/** @throws HubError `not-found`: an id of another kind is an id that does not exist */
export function read(kind: IdKind, shown: string): string {
  const id = readId(kind, shown)
  if (id === undefined) throw new HubError('not-found', `not an id of this kind: ${kind}`)
  return id
}

export const readMaybe = (kind: IdKind, shown: string | undefined): string | undefined =>
  shown === undefined ? undefined : read(kind, shown)

export const showMaybe = (kind: IdKind, id: string | undefined): string | undefined =>
  id === undefined ? undefined : showId(kind, id)
