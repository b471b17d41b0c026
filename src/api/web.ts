/** Serves the web app: its files, and its one page for every address that is a page of it. */
import type { Hono } from 'hono'
import { HubError } from '../domain/errors.ts'
import type { Ctx, Env } from './context.ts'
import { type WebFile, webFiles } from './web-files.ts'

/** Addresses that are never pages: a wrong one is an answer for a program. */
const NOT_A_PAGE = /^\/(?:api|hooks|assets|metrics|healthz|readyz|connect)(?:\/|$)/
/** A name with an ending is a file; one that is not there is missing, not a page. */
const A_FILE = /\.[^/]*$/

export function serveWeb(app: Hono<Env>, folder?: string): void {
  const files = webFiles(folder)
  app.get('*', (c) => {
    const { path } = c.req
    const page = !NOT_A_PAGE.test(path) && !A_FILE.test(path) && takesPages(c.req.header('Accept'))
    const file = (path === '/' ? undefined : files.find(path)) ?? (page ? files.find('/index.html') : undefined)
    if (!file) throw new HubError('not-found', 'no such page')
    return send(c, file)
  })
}

/** A browser names text/html; whoever asks for anything (curl) gets the page as well. */
const takesPages = (accept = '*/*'): boolean => /text\/html|\*\/\*/.test(accept)

function send(c: Ctx, file: WebFile): Response {
  c.header('ETag', file.etag)
  c.header('Cache-Control', file.cacheControl)
  c.header('Vary', 'Accept-Encoding, Accept')
  if (c.req.header('If-None-Match') === file.etag) return c.body(null, 304)
  const { bytes, encoding } = file.body(c.req.header('Accept-Encoding') ?? '')
  c.header('Content-Type', file.type)
  if (encoding) c.header('Content-Encoding', encoding)
  return c.body(bytes)
}
