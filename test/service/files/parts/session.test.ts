import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { chooseListed } from '../../../../src/service/files/parts/listed.ts'
import {
  afterJoin,
  beginSession,
  demandSpace,
  type JoinedParts,
  type ListedPart,
  listed,
  type PartsSession,
  type PartsUpload,
  type SentPart,
} from '../../../../src/service/files/parts/session.ts'

const MIB5 = 5 * 1024 * 1024
const UPLOAD: PartsUpload = {
  account: 'acc',
  uploadId: 'id',
  path: '/a',
  meta: { mime: null, originalFileName: null, metadata: {}, tags: [] },
  exclusive: false,
  maxBytes: 20_000_000,
  checksum: null,
  startedAt: 0,
  firstPartBy: 10,
  expiresAt: 100,
  keyId: 'key',
}
const held = (number: number, size: number, checksum: string | null = null): SentPart => ({
  number,
  version: 'v',
  size,
  etag: `e${number}`,
  checksum,
  storedAt: 0,
})

const outcome = <T>(work: () => T): T | string => {
  try {
    return work()
  } catch (thrown) {
    const { code, field } = AppError.from(thrown)
    return field === undefined ? code : `${code} ${field}`
  }
}

describe('the parts of a file', () => {
  const parts = [held(1, MIB5), held(3, MIB5, 'sum'), held(4, 10), held(10_000, 0)]
  const list = (...numbers: number[]): readonly ListedPart[] => numbers.map((number) => ({ number, etag: `e${number}` }))
  it.each<[string, readonly ListedPart[], readonly number[] | string]>([
    ['are those of the list, gaps or not', list(1, 3, 4), [1, 3, 4]],
    ['are one, however small', list(4), [4]],
    ['may end in an empty one', list(1, 10_000), [1, 10_000]],
    ['have the ETag that they were stored with', [{ number: 1, etag: 'e3' }], 'invalid_body part'],
    ['are stored', list(1, 2), 'invalid_body part'],
    ['are at least one', [], 'invalid_body part'],
    ['come in their order', list(3, 1), 'invalid_body partOrder'],
    ['come once', list(1, 1), 'invalid_body partOrder'],
    ['have 5 MiB but for the last', list(1, 4, 10_000), 'invalid_body partSize'],
    ['have the checksum that they were stored with', [{ number: 3, etag: 'e3', checksum: 'other' }], 'invalid_body part'],
    ['may be listed with their checksum', [{ number: 3, etag: 'e3', checksum: 'sum' }], [3]],
    ['need none where none is known', [{ number: 1, etag: 'e1', checksum: 'sum' }], [1]],
  ])('%s', (_, wished, expected) => {
    const chosen = outcome(() => chooseListed(UPLOAD, parts, wished))
    expect(typeof chosen === 'string' ? chosen : chosen.map(({ number }) => number)).toEqual(expected)
  })

  it('are no more than an account may store', () => {
    const large = { ...UPLOAD, maxBytes: MIB5 + 9 }
    expect(outcome(() => chooseListed(large, parts, list(1, 4)))).toBe('file_too_large')
    expect(outcome(() => demandSpace(beginSession(large), MIB5, 9))).toBeUndefined()
    expect(outcome(() => demandSpace(beginSession(large), MIB5, 10))).toBe('file_too_large')
  })
})

describe('a session', () => {
  const open = beginSession(UPLOAD)
  const joining = { ...listed(open, true), joining: { storageId: 's', mime: 'text/plain' } }
  it.each<[string, PartsSession, JoinedParts, PartsSession['phase']]>([
    ['is stored', joining, { etag: 'e' }, 'stored'],
    ['is open again without its parts', joining, 'wrongParts', 'open'],
    ['is open again when only the client minds the file', joining, 'taken', 'open'],
    ['ends when it may replace nothing', { ...joining, upload: { ...UPLOAD, exclusive: true } }, 'taken', 'refused'],
    ['ends when its file has come and gone', joining, 'lost', 'gone'],
    ['changes no more by a joining that comes late', { ...joining, phase: 'stored', etag: 'e' }, 'wrongParts', 'stored'],
  ])('%s after its joining', (_, session, joined, phase) => {
    expect(afterJoin(session, joined).phase).toBe(phase)
  })

  it('takes parts while it is open alone, and its list as often as it comes', () => {
    const sessions = (['open', 'joining', 'stored', 'refused', 'gone'] as const).map((phase) => ({ ...open, phase }))
    expect(sessions.map((session) => outcome(() => demandSpace(session, 0, 1)))).toEqual([
      undefined,
      'upload_finished',
      'upload_finished',
      'upload_not_found',
      'upload_not_found',
    ])
    const phases = sessions.map((session) => outcome(() => listed(session, false)))
    expect(phases.map((each) => (typeof each === 'string' ? each : each.phase))).toEqual([
      'joining',
      'joining',
      'stored',
      'forbidden filePath',
      'upload_not_found',
    ])
  })
})
