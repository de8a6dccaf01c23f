import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64 } from '../../../../src/http/dialects/filestack/store/base64.ts'

/** The text in pieces of the sizes given. */
function pieces(text: string, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let [at, turn] = [0, 0]
  return new ReadableStream({
    pull(controller) {
      if (at >= text.length) return controller.close()
      const size = sizes[turn++ % sizes.length] ?? 1
      controller.enqueue(new TextEncoder().encode(text.slice(at, at + size)))
      at += size
    },
  })
}
const decoded = async (text: string, sizes: readonly number[] = [1000]): Promise<Uint8Array> =>
  new Uint8Array(await new Response(decodeBase64({ stream: pieces(text, sizes), size: text.length }) as BodyInit).arrayBuffer())

it('gives back what was encoded, however it is cut and spelled', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      fc.record({ isUrlSafe: fc.boolean(), isPadded: fc.boolean(), hasBreaks: fc.boolean() }),
      async (bytes, sizes, { isUrlSafe, isPadded, hasBreaks }) => {
        let text = Buffer.from(bytes).toString('base64')
        if (isUrlSafe) text = text.replaceAll('+', '-').replaceAll('/', '_')
        if (!isPadded) text = text.replaceAll('=', '')
        if (hasBreaks) text = text.replaceAll(/(.{5})/g, '$1\r\n')
        expect(await decoded(text, sizes)).toEqual(bytes)
      },
    ),
  )
})

it('holds three characters at most between two pieces', async () => {
  const stream = decodeBase64({ stream: pieces('QUJDREVGR0g=', [5]), size: 12 })
  const sizes: number[] = []
  for await (const chunk of stream) sizes.push(chunk.length)
  expect(sizes).toEqual([3, 3, 2])
})

it.each(['*', 'QUJ*', 'QQ=Q', 'QQ==Q', 'Q', 'QUJDR', 'QQ=', 'QQ===', 'QUJD=', '=', '====', '\u00ff', 'QUJD%3D'])(
  '%j is refused, in one piece or in many',
  async (text) => {
    for (const sizes of [[1000], [1]])
      await expect(decoded(text, sizes)).rejects.toMatchObject({ code: 'invalid_body', field: 'base64decode' })
  },
)
