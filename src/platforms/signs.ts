/** What a home page looks like when it is no shop we can connect: only for saying so, never for deciding. */
import type { ShopResponse } from '../domain/http.ts'

const SIGNS: [string, RegExp][] = [
  ['PrestaShop', /prestashop|\/modules\/ps_|var prestashop\s*=/i],
  ['Magento', /Magento_|\/static\/version\d+\/|mage\/cookies|x-magento-init/i],
  ['Shopify', /cdn\.shopify\.com|Shopify\.theme|myshopify\.com/i],
  ['Wix', /static\.wixstatic\.com|wix-code/i],
  ['Squarespace', /static1?\.squarespace\.com/i],
  ['OpenCart', /index\.php\?route=common\/home|catalog\/view\/theme/i],
  ['Shopware', /shopware/i],
  ['Joomla', /<meta name="generator" content="Joomla/i],
  ['Drupal', /<meta name="generator" content="Drupal|drupal-settings-json/i],
]

/** Name of the software a page seems to be made with. */
export function softwareSeen(home: Pick<ShopResponse, 'headers' | 'body'>): string | undefined {
  const page = new TextDecoder().decode(home.body.subarray(0, 400_000))
  if ('x-shopid' in home.headers || 'x-shopify-stage' in home.headers) return 'Shopify'
  if (
    /PrestaShop/i.test(
      `${home.headers['powered-by'] ?? ''} ${home.headers['x-powered-by'] ?? ''} ${home.headers['set-cookie'] ?? ''}`,
    )
  )
    return 'PrestaShop'
  if ('x-magento-cache-debug' in home.headers || 'x-magento-tags' in home.headers) return 'Magento'
  if (/\/wp-(?:content|includes)\//.test(page)) return 'WordPress'
  return SIGNS.find(([, sign]) => sign.test(page))?.[0]
}
