import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { ACCOUNT, picture, request, SECRET_KEY, upload } from '../support/client.ts'

const { RESULTS } = env as unknown as { readonly RESULTS: R2Bucket } // wrangler.toml
const PATH = '/parts/large.jpg'
const TILE = '130,70,60,50/30,25/0/default.jpg'

const tile = (name: string, words = TILE): Promise<Response> => request(`/${ACCOUNT}/iiif/3/parts%2F${name}/${words}`)
const placesOf = async (): Promise<readonly R2Object[]> =>
  (await RESULTS.list({ prefix: `${ACCOUNT}${PATH}//`, include: ['httpMetadata'] })).objects.filter(
    ({ httpMetadata }) => httpMetadata?.contentType === 'application/octet-stream',
  )

/** The squares with a megabyte behind the end of the image, which ends with a byte. */
function large(last = 0): Uint8Array<ArrayBuffer> {
  const squares = picture('squares.jpg')
  const file = new Uint8Array(squares.length + 1_000_000)
  file.set(squares)
  file[file.length - 1] = last
  return file
}

beforeAll(async () => {
  await upload('/parts/small.jpg', picture('squares.jpg'))
  await upload(PATH, large())
})

it('a tile of a large JPEG is made of a part of it, and has the bytes that the whole file gives', async () => {
  const [whole, part] = [await tile('small.jpg'), await tile('large.jpg')]
  expect(part.headers.get('Server-Timing')).toMatch(/places;desc="found".*part;desc="/)
  expect(whole.headers.get('Server-Timing')).not.toContain('part;')
  expect(Buffer.from(await part.arrayBuffer()).equals(Buffer.from(await whole.arrayBuffer()))).toBe(true)
  const next = await tile('large.jpg', '10,10,60,50/max/0/default.png')
  expect(next.headers.get('Server-Timing')).toMatch(/part;desc="/)
  expect(next.headers.get('Server-Timing')).not.toContain('places;')
  await next.arrayBuffer()
})

it.each([
  ['replaced', () => upload(PATH, large(1))],
  [
    'deleted',
    () =>
      request(`/v2/accounts/${ACCOUNT}/files?filePath=${PATH}`, { method: 'DELETE', headers: { Authorization: `Bearer ${SECRET_KEY}` } }),
  ],
])('its places go when the file is %s', async (_, change) => {
  await (await tile('large.jpg')).arrayBuffer()
  expect(await placesOf()).toHaveLength(1)
  await change()
  expect(await placesOf()).toHaveLength(0)
})
