import { describe, expect, test } from 'vitest'
import type { HubError } from '../../domain/errors.ts'
import { didNothing, mayBePoison, readAnswer, type Shape } from './classify.ts'
import { answerOf } from './loopback.ts'

const read = (name: string, shape: Shape = 'list') => {
  try {
    const answer = readAnswer(answerOf(name), shape)
    return { code: 'none', status: answer.status, error: answer.error?.code, notes: answer.notes }
  } catch (thrown) {
    const { code, recovery, params, field, retryAfterMs } = thrown as HubError
    return { code, recovery, field, retryAfterMs, why: params.reason ?? params.by ?? params.right ?? params.to }
  }
}

describe('a recorded answer', () => {
  test.each([
    // the shop application's own refusals: a person must act
    ['login-none', 'login-rejected', 'human', 'key-not-seen'],
    ['login-wrong-key', 'login-rejected', 'human', 'key-not-seen'],
    ['login-wrong-secret', 'login-rejected', 'human', 'secret-wrong'],
    ['login-customer-key', 'permission-missing', 'human', 'role'],
    ['login-write-only-key', 'permission-missing', 'human', 'read'],
    ['update-read-only-key', 'permission-missing', 'human', 'write'],
    ['update-customer-key', 'permission-missing', 'human', 'role'],
    ['oauth-unknown-key', 'login-rejected', 'human', 'key-unknown'],
    ['oauth-wrong-secret', 'login-rejected', 'human', 'signature'],
    ['oauth-wrong-base-host', 'login-rejected', 'human', 'signature'],
    // everything else is the hub's to retry
    ['trouble-staging-password', 'response-blocked', 'retry', 'site-password'],
    ['trouble-http-to-https', 'redirect-refused', 'retry', 'https://localhost:22443'],
    ['trouble-redirect-other-host-post', 'redirect-refused', 'retry', 'https://www.shop.example'],
    ['trouble-plain-permalinks', 'response-malformed', 'retry', 'plain-permalinks'],
    ['trouble-plain-permalinks-post', 'response-malformed', 'retry', 'html'],
    ['trouble-no-rewrite', 'response-malformed', 'retry', 'no-rewrite'],
    ['trouble-gateway-502', 'shop-error', 'retry', 'gateway'],
    ['trouble-gateway-504', 'shop-error', 'retry', 'gateway'],
    ['trouble-rate-limit-429', 'shop-throttled', 'retry', undefined],
    ['trouble-verbs-405', 'response-blocked', 'retry', 'method'],
    ['trouble-fatal', 'shop-error', 'retry', 'fatal'],
    ['trouble-fatal-html', 'shop-error', 'retry', 'fatal'],
    ['trouble-fatal-displayed', 'shop-error', 'retry', 'fatal'],
    ['trouble-oom-post', 'shop-error', 'retry', 'fatal'],
    ['trouble-db-down', 'shop-error', 'retry', 'database'],
    ['trouble-db-down-html', 'shop-error', 'retry', 'database'],
    ['trouble-maintenance-html', 'shop-maintenance', 'retry', undefined],
    ['trouble-maintenance-index', 'shop-maintenance', 'retry', undefined],
    ['trouble-body-413', 'response-malformed', 'retry', 'request-too-large'],
    ['trouble-truncated', 'response-malformed', 'retry', 'truncated'],
    ['trouble-chunk-cut', 'response-malformed', 'retry', 'truncated'],
    ['trouble-no-length-cut', 'response-malformed', 'retry', 'truncated'],
    ['trouble-length-too-short', 'response-malformed', 'retry', 'truncated'],
    ['trouble-empty-200', 'response-malformed', 'retry', 'empty'],
    ['trouble-modsecurity-crs-put', 'response-blocked', 'retry', 'firewall'],
    ['trouble-plugin-disable-rest-index', 'response-blocked', 'retry', 'rest-closed'],
    ['trouble-plugin-aios-strict-wrong-key', 'response-blocked', 'retry', 'security-plugin'],
    ['trouble-plugin-aios-strict-other-user-agent', 'response-blocked', 'retry', 'firewall'],
    ['trouble-plugin-aios-strict-wrong-key-no-accept', 'response-blocked', 'retry', 'firewall'],
  ])('%s is %s', (name, code, recovery, why) => {
    expect(read(name)).toMatchObject({ code, recovery, why })
  })

  test.each([
    ['trouble-bom-no-buffering', 'byte-order-mark'],
    ['trouble-blank-lines', 'blank-lines'],
    ['trouble-php-notice', 'php-output'],
    ['trouble-php-notice-no-buffering', 'php-output'],
  ])('%s is read all the same, with a note', (name, note) => {
    expect(read(name)).toMatchObject({ code: 'none', status: 200, notes: [note] })
  })

  test('an error of a shop that can only say 200 is an error', () => {
    expect(read('trouble-bom-no-buffering-post', 'any')).toMatchObject({
      status: 400,
      error: 'woocommerce_rest_shop_order_invalid_id',
    })
    expect(read('trouble-php-notice-no-buffering-post', 'any')).toMatchObject({ status: 400 })
  })

  test('a 400 or 404 of the shop’s own making is an answer', () => {
    expect(read('update-unknown-order', 'any')).toMatchObject({
      code: 'none',
      status: 400,
      error: 'woocommerce_rest_shop_order_invalid_id',
    })
    expect(read('fulfillment-get-deleted', 'any')).toMatchObject({ code: 'none', status: 400, error: '404' })
    expect(read('tracking-plugin-absent', 'any')).toMatchObject({ code: 'none', error: 'rest_no_route' })
  })

  test('maintenance says how long', () => {
    expect(read('trouble-maintenance-index')).toMatchObject({ retryAfterMs: 600_000 })
  })

  test('the clock of a signature is for the hub to mend', () => {
    const clock = answerOf('oauth-wrong-secret')
    const body = Buffer.from(
      '{"code":"woocommerce_rest_authentication_error","message":"Invalid timestamp.","data":{"status":401}}',
    )

    expect(() => readAnswer({ ...clock, body }, 'list')).toThrow(
      expect.objectContaining({ code: 'shop-clock', recovery: 'retry' }),
    )
  })
})

describe('a list', () => {
  const plain = answerOf('orders-head')
  const without = { ...plain, headers: { 'content-type': 'application/json' } }
  const refused =
    (body: string, headers: Record<string, string> = without.headers) =>
    () =>
      readAnswer({ ...plain, headers, body: Buffer.from(body) }, 'list')

  test('without X-WP-Total is believed only when PHP output explains it and the rows look like rows', () => {
    const warning = '<br />\n<b>Warning</b>:  x in <b>/p.php</b> on line <b>1</b><br />\n'

    expect(refused('[{"id":1}]')).toThrow(
      expect.objectContaining({ params: expect.objectContaining({ reason: 'no-total' }) }),
    )
    expect(refused(`${warning}[{"titre":1}]`)).toThrow()
    expect(refused(`${warning}[{"id":1}]`)()).toMatchObject({ value: [{ id: 1 }] })
  })

  test('that is an object is refused, an object that is a list too', () => {
    expect(refused('{"id":1}', plain.headers)).toThrow(expect.objectContaining({ code: 'response-malformed' }))
    expect(() => readAnswer(plain, 'object')).toThrow(expect.objectContaining({ code: 'response-malformed' }))
  })
})

describe('anti-robot pages', () => {
  const page = (html: string, headers: Record<string, string> = {}, status = 200) => ({
    ...answerOf('orders-head'),
    status,
    headers: { 'content-type': 'text/html', ...headers },
    body: Buffer.from(html),
  })

  test.each([
    ['Cloudflare by its header', page('<html>', { 'cf-mitigated': 'challenge' }, 403), 'cloudflare'],
    ['Cloudflare by its page', page('<html><title>Just a moment...</title>', {}, 503), 'cloudflare'],
    ['SiteGround', page('<html><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=x">'), 'siteground'],
    ['a free host’s cookie', page('<html><script type="text/javascript" src="/aes.js"></script>'), 'host-cookie'],
    ['Wordfence', page('<html>Generated by Wordfence at Tue', { 'retry-after': '3600' }, 503), 'wordfence'],
    ['ModSecurity', page('<title>Not Acceptable!</title> Mod_Security', {}, 406), 'modsecurity'],
  ])('%s is a block, retried', (_, answer, by) => {
    expect(() => readAnswer(answer, 'list')).toThrow(
      expect.objectContaining({ code: 'response-blocked', recovery: 'retry', params: expect.objectContaining({ by }) }),
    )
  })

  test('the host’s own limit is a limit', () => {
    expect(() => readAnswer(page('Resource Limit Is Reached', {}, 508), 'list')).toThrow(
      expect.objectContaining({ code: 'shop-throttled' }),
    )
  })
})

describe('what a failure means', () => {
  const failureOf = (name: string) => {
    try {
      readAnswer(answerOf(name), 'any')
    } catch (thrown) {
      return thrown
    }
    throw new Error('no failure')
  }

  test('a write that ended in 504 or a fatal error may have been done; one refused before did nothing', () => {
    expect(
      ['trouble-gateway-504-post', 'trouble-oom-post', 'trouble-truncated'].map((name) => didNothing(failureOf(name))),
    ).toEqual([false, false, false])
    expect(
      [
        'trouble-rate-limit-429',
        'trouble-maintenance-index',
        'trouble-modsecurity-crs-put',
        'trouble-db-down-post',
        'update-read-only-key',
        'trouble-http-to-https-post',
      ].map((name) => didNothing(failureOf(name))),
    ).toEqual([true, true, true, true, true, true])
  })

  test('one record may break an answer, but not a whole shop', () => {
    expect(
      ['trouble-fatal', 'trouble-oom-post', 'trouble-truncated'].map((name) => mayBePoison(failureOf(name))),
    ).toEqual([true, true, true])
    expect(
      [
        'trouble-db-down',
        'trouble-maintenance-index',
        'trouble-gateway-502',
        'login-none',
        'trouble-plain-permalinks',
      ].map((name) => mayBePoison(failureOf(name))),
    ).toEqual([false, false, false, false, false])
  })
})
