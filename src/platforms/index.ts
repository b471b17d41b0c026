/** Every kind of shop the hub can connect: one folder, one line. Sorted. */
import type { Platform } from '../domain/platform.ts'
import { woocommerce } from './woocommerce/connect.ts'

export { softwareSeen } from './signs.ts'

export const PLATFORMS: readonly Platform[] = [woocommerce]
