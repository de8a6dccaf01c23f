import { describe, expect, it } from 'vitest'
import { readBodyBytes } from '../../src/http/body-bytes.ts'

/** A request whose body comes in pieces and tells no length. */
function chunked(chunks: number, bytes: number): Request {
  let left = chunks
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(bytes)) : controller.close()),
  })
  return new Request('http://emulsion.test/', { method: 'POST', body, duplex: 'half' } as RequestInit)
}

describe('a body without a length', () => {
  it.each([
    ['one piece too large', 1, 101],
    ['many small pieces', 11, 10],
    ['many pieces of one byte', 101, 1],
  ])('%s is 413', async (_, chunks, bytes) => {
    await expect(readBodyBytes(chunked(chunks, bytes), 100)).rejects.toMatchObject({ code: 'file_too_large' })
  })

  it('of exactly the limit is read whole', async () => {
    expect((await readBodyBytes(chunked(10, 10), 100)).length).toBe(100)
  })
})
