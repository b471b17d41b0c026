import { expect, test } from 'vitest'
import { hashPassword, isCurrentHash, verifyPassword } from './password.ts'

test('a password opens its own hash and no other does', async () => {
  const hash = await hashPassword('une phrase assez longue')

  expect(await verifyPassword('une phrase assez longue', hash)).toBe(true)
  expect(await verifyPassword('une phrase assez longuE', hash)).toBe(false)
})

test('the same word typed on another keyboard is the same password', async () => {
  const hash = await hashPassword('caf\u00e9 au lait'.normalize('NFC'))

  expect(await verifyPassword('caf\u00e9 au lait'.normalize('NFD'), hash)).toBe(true)
})

test('the hash says how it was made, with 19 MiB and two passes', async () => {
  const hash = await hashPassword('x')

  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(isCurrentHash(hash)).toBe(true)
  expect(isCurrentHash(hash.replace('m=19456', 'm=4096'))).toBe(false)
})

test('nobody, and a hash nobody can read, are refused after the same work', async () => {
  expect(await verifyPassword('x', undefined)).toBe(false)
  expect(await verifyPassword('x', 'plain text')).toBe(false)
})
