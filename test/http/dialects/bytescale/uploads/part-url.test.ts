import { describe, expect, it } from 'vitest'
import type { KnownKey } from '../../../../../src/http/credentials.ts'
import { createUploadUrls } from '../../../../../src/http/dialects/bytescale/uploads/part-url.ts'
import { DEFAULT_RULE } from '../../../../../src/service/files/upload-destination.ts'

const HOUR_MS = 3_600_000
const key = (kind: KnownKey['kind'], text: string, account = 'Emu1s1n'): KnownKey => ({
  account,
  keyId: text,
  kind,
  key: text,
  folder: '/',
  defaults: DEFAULT_RULE,
  secureUrlKey: undefined,
})
const SECRET = key('secret', 'secret_Emu1s1n1')
const NEXT = key('secret', 'secret_Emu1s1n2')
const PUBLIC = key('public', 'public_Emu1s1n1')

let now = 1_000_000
const urls = (...keys: readonly KnownKey[]) => createUploadUrls(keys, { now: () => now })
async function made(keys: readonly KnownKey[], uploadExpiresAt = now + 24 * HOUR_MS): Promise<URLSearchParams> {
  return new URL(await urls(...keys).make('http://h', 'Emu1s1n', 'upload', 3, uploadExpiresAt)).searchParams
}
const outcome = async (
  keys: readonly KnownKey[],
  query: URLSearchParams,
  account = 'Emu1s1n',
  upload = 'upload',
  part = 3,
): Promise<string> => {
  try {
    await urls(...keys).check(account, upload, part, query)
    return 'allowed'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the URL of a part', () => {
  it('is good for its part alone', async () => {
    const query = await made([SECRET, PUBLIC])
    expect(await outcome([SECRET, PUBLIC], query)).toBe('allowed')
    expect(await outcome([SECRET, key('secret', SECRET.key, 'W142hJk')], query, 'W142hJk')).toBe('signature_invalid')
    expect(await outcome([SECRET], query, 'Emu1s1n', 'other')).toBe('signature_invalid')
    expect(await outcome([SECRET], query, 'Emu1s1n', 'upload', 4)).toBe('signature_invalid')
  })

  it('is signed by a secret key, never by a public one, and outlives the rotation of its key but not its removal', async () => {
    const query = await made([SECRET])
    expect(await outcome([NEXT, SECRET], query)).toBe('allowed')
    expect(await outcome([NEXT], query)).toBe('signature_invalid')
    const asPublic = await made([{ ...PUBLIC, kind: 'secret' }])
    expect(await outcome([SECRET, PUBLIC], asPublic)).toBe('signature_invalid')
    await expect(made([PUBLIC])).rejects.toMatchObject({ code: 'internal' })
  })

  it.each([
    ['an hour', 24 * HOUR_MS, HOUR_MS],
    ['as long as its upload', 60_000, 60_000],
  ])('lives %s', async (_, uploadLives, lives) => {
    const begun = now
    const query = await made([SECRET], begun + uploadLives)
    now = begun + lives - 1
    expect(await outcome([SECRET], query)).toBe('allowed')
    now = begun + lives
    expect(await outcome([SECRET], query)).toBe('gone')
  })

  it.each(['expires', 'signature'])('without %s, or with another one, is not valid', async (name) => {
    const query = await made([SECRET])
    const changed = new URLSearchParams(query)
    changed.set(name, `${query.get(name)}1`)
    expect(await outcome([SECRET], changed)).toBe('signature_invalid')
    changed.delete(name)
    expect(await outcome([SECRET], changed)).toBe('signature_invalid')
  })
})
