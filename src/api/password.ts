/**
 * Passwords as argon2id hashes in PHC form. Costs: OWASP Password Storage Cheat Sheet, "m=19456 (19 MiB), t=2, p=1".
 *
 * An unknown e-mail is answered after hashing against a decoy, so the time tells nobody who has an account here.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_LENGTH = 32

interface Cost {
  memory: number
  passes: number
  parallelism: number
}

function derive(password: string, salt: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  // The same word typed on two keyboards may arrive in two Unicode forms.
  const message = password.normalize('NFKC')
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce: salt, ...cost, tagLength }, (error, tag) =>
      error ? reject(error) : resolve(tag),
    )
  })
}

const b64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive(password, salt, COST, TAG_LENGTH)
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${b64(salt)}$${b64(tag)}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

interface Parsed {
  cost: Cost
  salt: Buffer
  tag: Buffer
}

function parse(hash: string): Parsed | undefined {
  const parts = PHC.exec(hash)
  if (!parts) return undefined
  return {
    cost: { memory: Number(parts[1]), passes: Number(parts[2]), parallelism: Number(parts[3]) },
    salt: Buffer.from(parts[4]!, 'base64'),
    tag: Buffer.from(parts[5]!, 'base64'),
  }
}

/** Nobody's password: the tag is random, no input gives it. */
const DECOY: Parsed = { cost: COST, salt: Buffer.alloc(16, 7), tag: randomBytes(TAG_LENGTH) }

/** @param hash undefined when there is no such user: the work is done all the same */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const kept = (hash === undefined ? undefined : parse(hash)) ?? DECOY
  const tag = await derive(password, kept.salt, kept.cost, kept.tag.length)
  return timingSafeEqual(tag, kept.tag) && kept !== DECOY
}

/** Whether a hash was made with today's cost. */
export function isCurrentHash(hash: string): boolean {
  const cost = parse(hash)?.cost
  return cost?.memory === COST.memory && cost.passes === COST.passes && cost.parallelism === COST.parallelism
}
