import type { Manifest } from '../../domain/platform.ts'

export const manifest: Manifest = {
  id: 'woocommerce',
  name: 'WooCommerce',
  loginFields: [
    { name: 'key', secret: true, required: true },
    { name: 'secret', secret: true, required: true },
    // A password in front of the whole site, as staging sites have.
    { name: 'basicUser', secret: false, required: false },
    { name: 'basicPassword', secret: true, required: false },
  ],
  capabilities: { authorise: true, webhooks: true, trash: true, tell: ['nobody', 'completed', 'note'] },
}
