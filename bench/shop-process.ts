/** The fake shop in a process of its own, so that its work is not counted as the hub's. Speaks with its parent by messages. */
import { fork } from 'node:child_process'
import { realClock } from '../src/domain/clock.ts'
import { startFakeShop } from '../src/platforms/woocommerce/fake-shop.ts'

export interface ShopProcess {
  url: string
  key: string
  secret: string
  stop(): Promise<void>
}

export function shopProcess(orders: number): Promise<ShopProcess> {
  const child = fork(import.meta.filename, [String(orders)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => {
      const shop = message as { url: string; key: string; secret: string }
      resolve({
        ...shop,
        stop: () =>
          new Promise((gone) => {
            child.once('exit', () => gone())
            child.disconnect()
          }),
      })
    })
  })
}

if (process.argv[1] === import.meta.filename && process.send) {
  const shop = await startFakeShop({ clock: realClock, seed: Number(process.argv[2]) })
  process.on('disconnect', () => process.exit(0))
  const admin = shop.keys[0]
  process.send({ url: shop.url, key: admin!.key, secret: admin!.secret })
}
