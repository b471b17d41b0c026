/** Headers every answer carries: what a page of ours may load and run is decided here, and it is only what is ours. */
import type { MiddlewareHandler } from 'hono'
import type { Env } from '../context.ts'

/** No inline script or style anywhere: an injected tag of a shop's order data runs nothing. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

export const securityHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next()
  const { headers } = c.res
  const page = headers.get('Content-Type')?.startsWith('text/html') ?? false
  // A 304 has no type of its own; the browser would lay its policy over the page it kept, and show it blank.
  if (c.res.status !== 304) headers.set('Content-Security-Policy', page ? PAGE_POLICY : DATA_POLICY)
  headers.set('X-Content-Type-Options', 'nosniff')
  headers.set('X-Frame-Options', 'DENY')
  headers.set('Referrer-Policy', 'no-referrer')
  headers.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Resource-Policy', 'same-origin')
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
}
