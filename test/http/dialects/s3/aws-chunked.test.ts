import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type ChunkSignatures, decodeChunked } from '../../../../src/http/dialects/s3/body/aws-chunked.ts'
import { codeOf } from '../../../../src/http/dialects/s3/codes.ts'
import { createChunkSignatures } from '../../../../src/http/dialects/s3/sign/chunk-signatures.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

async function* pieces(body: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (body.length + 1)), body.length])].toSorted((a, b) => a - b)
  for (const [i, start] of places.entries()) yield body.subarray(start, places[i + 1] ?? start)
}

/** The content and the trailers, or the code of what is wrong. */
async function decode(body: Uint8Array, cuts: readonly number[] = [], hasTrailers = true, signatures: ChunkSignatures | null = null) {
  const decoded = decodeChunked(pieces(body, cuts), { signatures, hasTrailers })
  const content: Uint8Array[] = []
  try {
    for (;;) {
      const next = await decoded.next()
      if (next.done) return [Buffer.concat(content).toString('latin1'), Object.fromEntries(next.value)]
      content.push(next.value)
    }
  } catch (thrown) {
    return codeOf(AppError.from(thrown))
  }
}

describe('an aws-chunked body', () => {
  it('is its content, however it is framed and however it arrives', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.array(fc.nat(500)), fc.boolean(), async (chunks, cuts, hasTrailer) => {
        const framed = chunks.map((each) => Buffer.concat([bytes(`${each.length.toString(16)}\r\n`), each, bytes('\r\n')]))
        const end = bytes(`0\r\n${hasTrailer ? 'X-Amz-Checksum-Crc32: AAAAAA== \r\n' : ''}\r\n`)
        const trailers = hasTrailer ? { 'x-amz-checksum-crc32': 'AAAAAA==' } : {}
        expect(await decode(Buffer.concat([...framed, end]), cuts)).toEqual([Buffer.concat(chunks).toString('latin1'), trailers])
      }),
    )
  })

  it.each<[string, string, string]>([
    ['ends in a chunk', '5\r\nhel', 'IncompleteBody'],
    ['ends behind a chunk', '5\r\nhello\r\n', 'IncompleteBody'],
    ['ends in a head', '5', 'IncompleteBody'],
    ['has a longer chunk than its head says', '4\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['has a shorter chunk than its head says', '6\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['has no length', 'x\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['has a negative length', '-5\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['has an endless length', `${'f'.repeat(2000)}\r\nhello`, 'InvalidRequest'],
    ['has a signature that nobody asked for', `5;chunk-signature=${'0'.repeat(64)}\r\nhello\r\n0\r\n\r\n`, 'InvalidRequest'],
    ['goes on behind its end', '0\r\n\r\nmore', 'InvalidRequest'],
    ['has a trailer without a name', '0\r\n: a\r\n\r\n', 'InvalidRequest'],
    ['has eleven trailers', `0\r\n${Array.from({ length: 11 }, (_, i) => `a${i}:b\r\n`).join('')}\r\n`, 'InvalidRequest'],
  ])('that %s is refused', async (_, body, code) => {
    expect(await decode(bytes(body))).toBe(code)
  })

  it('has no trailers that its request has not announced', async () => {
    expect(await decode(bytes('0\r\na:b\r\n\r\n'), [], false)).toBe('InvalidRequest')
  })
})

describe('signed chunks', () => {
  const hmac = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex')
  const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
  const [key, time, scope] = [Buffer.from('key'), '20130524T000000Z', '20130524/us-east-1/s3/aws4_request']
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9'
  const signer = (): ChunkSignatures =>
    createChunkSignatures(
      {
        keyId: 'k',
        scope: { date: '20130524', region: 'us-east-1' },
        time,
        signedAt: 0,
        signedHeaders: [],
        signature: seed,
        expiresSeconds: null,
        key: { account: 'a', keyId: 'k' } as never, // the chunks know no key
        payload: '',
        sign: async (text) => hmac(key, text),
      },
      (name) => createHash(name),
      async (text) => sha256(text),
    )

  /** By the recipe of the API Reference. */
  function sign(chunks: readonly string[], trailer: string): readonly string[] {
    let before = seed
    const lines = [...chunks, ''].map((chunk) => {
      before = hmac(key, ['AWS4-HMAC-SHA256-PAYLOAD', time, scope, before, sha256(''), sha256(chunk)].join('\n'))
      return `${chunk.length.toString(16)};chunk-signature=${before}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`
    })
    const last = hmac(key, ['AWS4-HMAC-SHA256-TRAILER', time, scope, before, sha256(`${trailer}\n`)].join('\n'))
    return [...lines, `${trailer}\r\nx-amz-trailer-signature:${last}\r\n\r\n`]
  }

  it('count one after the other, and no others', async () => {
    const trailer = 'x-amz-checksum-crc32:AAAAAA=='
    const [a = '', b = '', end = '', trailers = ''] = sign(['first', 'second'], trailer)
    const outcome = async (body: string) => decode(bytes(body), [3, 50, 100], true, signer())
    expect(await outcome(a + b + end + trailers)).toEqual(['firstsecond', expect.objectContaining({ 'x-amz-checksum-crc32': 'AAAAAA==' })])
    expect(await outcome(a.replace('first', 'First') + b + end + trailers)).toBe('SignatureDoesNotMatch')
    expect(await outcome(b + a + end + trailers)).toBe('SignatureDoesNotMatch')
    expect(await outcome(a + end + trailers)).toBe('SignatureDoesNotMatch')
    expect(await outcome(a + b + end + trailers.replace('AAAAAA', 'BAAAAA'))).toBe('SignatureDoesNotMatch')
    expect(await outcome(`${a + b + end}\r\n`)).toBe('SignatureDoesNotMatch')
    expect(await outcome(a.replace(/;[^\r]*/, '') + b + end + trailers)).toBe('InvalidRequest')
  })
})
