import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveDestination, type Destination } from '../../../src/service/files/upload-destination.ts'
import { checkFilePath } from '../../../src/service/files/path.ts'
import { expandPathVariables, randomBase58 } from '../../../src/service/files/path-variables.ts'

const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))
const values = { now: new Date('2022-12-25T13:54:13.133Z'), originalFileName: 'my photo.tar.gz', random }
const nameless = { ...values, originalFileName: null }

describe('path variables (docs/protocols/bytescale.md §5.3)', () => {
  it.each([
    ['{ORIGINAL_FILE_NAME}', 'my photo.tar'],
    ['{ORIGINAL_FILE_EXT}', '.gz'],
    ['{UTC_DATE}', '2022-12-25'],
    ['{UTC_TIME}', '13:54:13.133'],
    ['{UTC_YEAR}/{UTC_MONTH}/{UTC_DAY}', '2022/12/25'],
    ['{UTC_HOUR}-{UTC_MINUTE}-{UTC_SECOND}-{UTC_MILLISECOND}', '13-54-13-133'],
    ['\\{UTC_DATE\\}', '{UTC_DATE}'],
    ['plain', 'plain'],
  ])('%s → %s', (template, expected) => expect(expandPathVariables(template, values, 'fileName')).toBe(expected))

  it.each(['{NOPE}', '{', '}', '{UNIQUE_DIGITS_0}', '{UNIQUE_DIGITS_21}', '{utc_date}', '{}'])('%s is refused', (template) =>
    expect(() => expandPathVariables(template, values, 'fileName')).toThrowError(
      expect.objectContaining({ code: 'invalid_path', field: 'fileName' }),
    ),
  )

  it('the time token sorts with time, the inverse one against it', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 41), fc.nat(2 ** 41), (a, b) => {
        const token = (name: string, at: number) => expandPathVariables(`{${name}}`, { ...values, now: new Date(at) }, 'f') ?? ''
        const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0)
        expect(token('UTC_TIME_TOKEN', a)).toMatch(/^[1-9A-HJ-NP-Za-km-z]{8}$/)
        expect(order(token('UTC_TIME_TOKEN', a), token('UTC_TIME_TOKEN', b))).toBe(Math.sign(a - b))
        expect(order(token('UTC_TIME_TOKEN_INVERSE', a), token('UTC_TIME_TOKEN_INVERSE', b))).toBe(Math.sign(b - a))
      }),
    )
  })

  it('random digits are base58, uniform enough, and as many as asked', () => {
    const digits = randomBase58(58 * 400, random)
    expect(digits).toMatch(/^[1-9A-HJ-NP-Za-km-z]+$/)
    expect(digits).toHaveLength(58 * 400)
    const counts = Map.groupBy(digits, (digit) => digit)
    expect(counts.size).toBe(58)
    for (const [, found] of counts) expect(found.length).toBeGreaterThan(250) // expectation 400, standard deviation 20
  })
})

describe('where a file goes', () => {
  it.each<[Destination | undefined, string]>([
    ['/a/b.jpg', '/a/b.jpg'],
    ['/a/{UTC_DATE}.jpg', '/a/{UTC_DATE}.jpg'],
    [{ folderPath: '/in', fileName: 'x.jpg' }, '/in/x.jpg'],
    [{ folderPath: '/in/', fileName: 'x.jpg' }, '/in/x.jpg'],
    [{ folderPath: '/', fileName: 'x.jpg' }, '/x.jpg'],
    [{ folderPath: 'sub', fileName: 'x.jpg' }, '/uploads/2022/12/25/sub/x.jpg'],
    [{ fileName: '{ORIGINAL_FILE_NAME}_small{ORIGINAL_FILE_EXT}', folderPath: '/{UTC_YEAR}' }, '/2022/my photo.tar_small.gz'],
    [{ folderPath: '/{UTC_YEAR}', folderPathVariablesEnabled: false, fileName: '{x}', fileNameVariablesEnabled: false }, '/{UTC_YEAR}/{x}'],
  ])('%j → %s', (destination, expected) => expect(resolveDestination(destination, values).path).toBe(expected))

  it('without a destination the factory defaults hold', () => {
    expect(resolveDestination(undefined, values).path).toMatch(/^\/uploads\/2022\/12\/25\/[1-9A-HJ-NP-Za-km-z]{10}-my photo\.tar\.gz$/)
    expect(resolveDestination(undefined, nameless).path).toMatch(/^\/uploads\/2022\/12\/25\/[1-9A-HJ-NP-Za-km-z]{12}$/)
  })

  it('the fallback serves when the name has no value', () => {
    const rule = { folderPath: '/f', fileName: '{ORIGINAL_FILE_NAME}', fileNameFallback: 'unnamed' }
    expect(resolveDestination(rule, nameless).path).toBe('/f/unnamed')
    expect(resolveDestination(rule, values).path).toBe('/f/my photo.tar')
  })

  it.each([
    'a/b',
    '',
    '/',
    '//a',
    '/a//b',
    '/a/../b',
    '/a/.',
    '/..',
    '/a/',
    '/a\u0000b',
    '/a\nb',
    '/a\\b',
    `/${'x'.repeat(512)}`,
    '/\ud800',
  ])('the path %j is refused', (path) => expect(() => checkFilePath(path)).toThrowError(expect.objectContaining({ code: 'invalid_path' })))

  it('no client name escapes its folder, whatever it contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (originalFileName) => {
        const { path } = resolveDestination(
          { folderPath: '/safe', fileName: 'p-{ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}', fileNameFallback: 'q' },
          { ...values, originalFileName },
        )
        expect(path).toMatch(/^\/safe\/[^/]+$/)
      }),
    )
  })
})
