import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'

/** The middle of a chunk named `type`, or of the file's scan. */
function damaged(
  file: Uint8Array<ArrayBuffer>,
  change: (copy: Uint8Array<ArrayBuffer>, at: number) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const at = new TextDecoder('latin1').decode(file).indexOf('IDAT')
  return change(new Uint8Array(file), at)
}

const png = () => picture('photo.png')
const jpeg = () => picture('photo.jpg')

/** The checksum of the first IDAT chunk. */
const checksumAt = (file: Uint8Array, at: number): number => at + 4 + new DataView(file.buffer, file.byteOffset).getUint32(at - 4)

const FILES: Readonly<Record<string, () => { readonly file: Uint8Array<ArrayBuffer>; readonly says: RegExp }>> = {
  'a PNG with a wrong checksum': () => ({
    file: damaged(png(), (copy, at) => {
      copy[checksumAt(copy, at)]! ^= 1
      return copy
    }),
    says: /PNG: an IDAT chunk has a wrong checksum/,
  }),
  'a PNG whose last tenth is missing': () => ({ file: png().slice(0, Math.floor(png().length * 0.9)), says: /PNG: / }),
  'a JPEG whose last tenth is missing': () => ({ file: jpeg().slice(0, Math.floor(jpeg().length * 0.9)), says: /ends before/ }),
}

describe.each(Object.keys(FILES))('%s', (name) => {
  const mime = name.includes('PNG') ? 'image/png' : 'image/jpeg'
  const send = async (path: string, query: string): Promise<Response> => request(`/${ACCOUNT}/image${path}?${query}`)

  it.each(['f=png', 'w=40&f=jpg', 'w=40&f=png&blur=1'])('is shown as far as it goes, and the header says so: %s', async (query) => {
    const { file, says } = FILES[name]!()
    const path = await upload(`/damaged/${name.replaceAll(' ', '-')}-${query.length}`, file, { 'Content-Type': mime })
    for (const tier of ['miss', 'edge']) {
      const response = await send(path, query)
      expect([response.status, response.headers.get('Emulsion-Cache')], tier).toEqual([200, tier])
      expect(response.headers.get('Emulsion-Warnings'), tier).toMatch(says)
      await response.arrayBuffer()
    }
    const stored = await send(path, `${query}&version=2`)
    expect(stored.headers.get('Emulsion-Cache')).toBe('store')
    expect(stored.headers.get('Emulsion-Warnings')).toMatch(says)
  })
})

it('a whole file has no warning', async () => {
  const path = await upload('/damaged/whole.png', png(), { 'Content-Type': 'image/png' })
  expect((await request(`/${ACCOUNT}/image${path}?w=30`)).headers.has('Emulsion-Warnings')).toBe(false)
})

it('a PNG of which not one row came out is damaged', async () => {
  const file = damaged(png(), (copy, at) => copy.fill(0xff, at + 4, at + 40))
  const path = await upload('/damaged/nothing.png', file, { 'Content-Type': 'image/png' })
  expect((await request(`/${ACCOUNT}/image${path}?w=30`)).status).toBe(422)
})
