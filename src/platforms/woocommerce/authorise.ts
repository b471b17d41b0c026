/**
 * Connecting without copying a key: the merchant approves in the shop, the shop posts the key to us.
 *
 * The callback must be answered exactly 200 (201 and 500 delete the key again, seen) and is not signed: it is bound by
 * `user_id`, which carries our single-use state, and proven by a first call with the key. Needs https on both sides of it.
 * (WC_Auth; seen on 10.9.1.)
 */
import { parseShopJson } from '../../domain/json.ts'
import type { Platform } from '../../domain/platform.ts'
import { dict, idText } from './odd-values.ts'

export const authorise: NonNullable<Platform['authorise']> = {
  link: ({ url, appName, state, returnUrl, callbackUrl }) => {
    const query = new URLSearchParams({
      app_name: appName,
      scope: 'read_write',
      user_id: state,
      return_url: returnUrl,
      callback_url: callbackUrl,
    })
    return `${url.replace(/\/+$/, '')}/wc-auth/v1/authorize?${query}`
  },

  readCallback: (body) => {
    const json = parseShopJson(new TextEncoder().encode(body), { maxBytes: 16_384 })
    if (!json.ok) return undefined
    const { user_id: state, consumer_key: key, consumer_secret: secret } = dict(json.value)
    const stateText = typeof state === 'number' ? idText(state) : state
    if (typeof stateText !== 'string' || stateText === '' || typeof key !== 'string' || typeof secret !== 'string')
      return undefined
    if (!/^ck_[0-9a-zA-Z]{40}$/.test(key) || !/^cs_[0-9a-zA-Z]{40}$/.test(secret)) return undefined
    return { state: stateText, login: { key, secret } }
  },
}
