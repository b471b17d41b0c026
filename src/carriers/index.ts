/** Every carrier the hub knows, one line each, sorted. */
import type { Carrier } from '../domain/carrier.ts'
import { manual } from './manual/index.ts'

export const carriers: readonly Carrier[] = [manual]
