/** Our own name for a shipment: short enough for any shop's field, readable on the phone, never the same twice. */
import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O, U to be misread. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `PSR-` and 16 signs: 80 bits of chance. */
export const newReference = (): string => `PSR-${Array.from(randomBytes(16), (byte) => SIGNS[byte & 31]).join('')}`
