import { describe, expect, it } from 'vitest'
import { authorizationOf, readApiKey } from '../../console/api-key.ts'

describe('readApiKey', () => {
  it.each([
    ['base58', 'public_Emu1s1nTestTestTestTestTest1'],
    ['base64', 'public_Emu1s1nq+/8zA1b2C3d4E5f6G7h8I9j=='],
    ['base64url', 'secret_Emu1s1nq-_8zA1b2C3d4E5f6'],
    ['punctuation', 'public_Emu1s1n!"#$%&\'()*,.:;<?@[]^`{|}~'],
    ['Latin', 'public_Emu1s1nschlüssel'],
    ['Greek', 'public_Emu1s1nκλειδί'],
    ['Arabic', 'public_Emu1s1nمفتاح'],
    ['Chinese', 'public_Emu1s1n鑰匙'],
    ['emoji', 'public_Emu1s1n🔑'],
    ['nothing behind the account', 'public_Emu1s1n'],
    ['another word in front', 'Mine-2_Emu1s1nabc'],
  ])('takes a key of %s', (_, key) => {
    expect(readApiKey(key)).toEqual({ apiKey: key, accountId: 'Emu1s1n' })
    expect(readApiKey(`  ${key}\n`)).toEqual({ apiKey: key, accountId: 'Emu1s1n' })
  })

  it.each([
    ['nothing', ''],
    ['a word', 'nonsense'],
    ['an account that is too short', 'public_Emu1s1'],
    ['an account with 0', 'public_Emu0s1nabcdef'],
    ['a space', 'public_Emu1s1n abc'],
    ['a line break', 'public_Emu1s1nabc\nx'],
    ['a control character', 'public_Emu1s1nabc\u0001'],
    ['nothing in front', '_Emu1s1nabc'],
    ['a path', '/public_Emu1s1nabc'],
  ])('refuses %s', (_, text) => expect(readApiKey(text)).toBeNull())
})

it.each(['public_Emu1s1nTest', 'public_Emu1s1nschlüssel', 'public_Emu1s1n鑰匙🔑', 'public_Emu1s1nà'])(
  'sends %s as the bytes of UTF-8, each in one character',
  (key) => {
    const header = authorizationOf({ apiKey: key, accountId: 'Emu1s1n' })
    expect(() => new Headers({ Authorization: header })).not.toThrow()
    expect(Buffer.from(header, 'latin1').toString('utf8')).toBe(`Bearer ${key}`)
  },
)
