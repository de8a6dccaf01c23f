import { createHash } from 'node:crypto'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { codeOf } from '../../../../src/http/dialects/s3/codes.ts'
import { crc32, crc32c, crc64nvme, type RunningSum } from '../../../../src/http/dialects/s3/body/crc.ts'
import { checksumOfParts, readPartChecksum } from '../../../../src/http/dialects/s3/parts/checksum.ts'
import { readRequest } from '../../../../src/http/dialects/s3/request.ts'

/** Bit by bit, as the polynomial division is defined. */
function crcOf(bytes: Uint8Array, polynomial: bigint, width: bigint): bigint {
  const ones = (1n << width) - 1n
  let crc = ones
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
  }
  return crc ^ ones
}

const CASES: readonly (readonly [name: string, make: () => RunningSum, polynomial: bigint, width: bigint, check: string])[] = [
  // The last ones are the catalogued CRCs of "123456789".
  ['CRC32', crc32, 0xedb88320n, 32n, 'cbf43926'],
  ['CRC32C', crc32c, 0x82f63b78n, 32n, 'e3069283'],
  ['CRC64NVME', crc64nvme, 0x9a6c9329ac4bc9b5n, 64n, 'ae8b14860a799888'],
]
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function digest(sum: RunningSum, ...pieces: Uint8Array[]): Uint8Array {
  for (const piece of pieces) sum.update(piece)
  return sum.digest()
}

describe.each(CASES)('%s', (name, make, polynomial, width, check) => {
  it('is the catalogued one', () => {
    expect(hexOf(digest(make(), Buffer.from('123456789')))).toBe(check)
  })

  it('is that of the definition, in whatever pieces the bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (pieces) => {
        const expected = crcOf(Buffer.concat(pieces), polynomial, width).toString(16)
        expect(hexOf(digest(make(), ...pieces))).toBe(expected.padStart(Number(width) / 4, '0'))
      }),
    )
  })

  it('of a file is put together from those of its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (parts) => {
        const sent = parts.map((part, i) => ({
          ...PART,
          number: i + 1,
          size: part.length,
          checksum: Buffer.from(digest(make(), part)).toString('base64'),
        }))
        const whole = Buffer.from(digest(make(), ...parts)).toString('base64')
        expect(checksumOfParts({ name, isOfAllBytes: true }, sent, newHash)).toBe(whole)
      }),
    )
  })
})

const PART = { number: 1, version: 'v', size: 1, etag: 'e', checksum: null, storedAt: 0 }
const newHash = (name: 'md5' | 'sha1' | 'sha256') => createHash(name)

it('CRC32 is that of zlib, of a million bytes too', () => {
  const bytes = Buffer.alloc(1_000_003, 'some text of no length that matters')
  expect(hexOf(digest(crc32(), bytes))).toBe(zlibCrc32(bytes).toString(16).padStart(8, '0'))
})

it('CRCs of parts as large as S3 has them are put together', () => {
  const [a, b] = [Buffer.alloc(6_000_001, 'a'), Buffer.alloc(5, 'b')]
  const sum = (bytes: Uint8Array): string => Buffer.from(zlibCrc32(bytes).toString(16).padStart(8, '0'), 'hex').toString('base64')
  const sent = [a, b].map((part, i) => ({ ...PART, number: i + 1, size: part.length, checksum: sum(part) }))
  expect(checksumOfParts({ name: 'CRC32', isOfAllBytes: true }, sent, newHash)).toBe(sum(Buffer.concat([a, b])))
})

it('the checksum of checksums has their number', () => {
  const sums = ['a', 'b'].map((text) => createHash('sha256').update(text).digest())
  const sent = sums.map((sum, i) => ({ ...PART, number: i + 1, checksum: sum.toString('base64') }))
  const whole = createHash('sha256').update(Buffer.concat(sums)).digest('base64')
  expect(checksumOfParts({ name: 'SHA256', isOfAllBytes: false }, sent, newHash)).toBe(`${whole}-2`)
  expect(checksumOfParts({ name: 'SHA256', isOfAllBytes: false }, [...sent, PART], newHash)).toBeNull()
})

it.each<[string | null, string | null, unknown]>([
  [null, null, null],
  ['CRC32', null, { name: 'CRC32', isOfAllBytes: false }],
  ['crc32c', 'FULL_OBJECT', { name: 'CRC32C', isOfAllBytes: true }],
  ['CRC64NVME', null, { name: 'CRC64NVME', isOfAllBytes: true }],
  ['SHA256', 'COMPOSITE', { name: 'SHA256', isOfAllBytes: false }],
  ['SHA1', null, { name: 'SHA1', isOfAllBytes: false }],
  ['SHA256', 'FULL_OBJECT', 'InvalidRequest'],
  ['CRC64NVME', 'COMPOSITE', 'InvalidRequest'],
  ['CRC32', 'OTHER', 'InvalidRequest'],
  [null, 'COMPOSITE', 'InvalidRequest'],
  ['MD5', null, 'NotImplemented'],
])('an upload begun with algorithm %s and type %s', (algorithm, type, expected) => {
  const headers = new Headers()
  if (algorithm !== null) headers.set('x-amz-checksum-algorithm', algorithm)
  if (type !== null) headers.set('x-amz-checksum-type', type)
  const read = (): unknown => {
    try {
      return readPartChecksum(readRequest(new Request('http://a.test/-/s3/A/b', { headers })))
    } catch (thrown) {
      return codeOf(AppError.from(thrown))
    }
  }
  expect(read()).toEqual(expected)
})
