import { expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'

const NAMES = ['Emulsion-Cache', 'Emulsion-Quality', 'Emulsion-Lossless'] as const
const told = ({ status, headers }: Response): readonly (number | string | null)[] => [status, ...NAMES.map((name) => headers.get(name))]

/** What is found out of a picture, and what its header says. */
const WISHES: Readonly<Record<string, { readonly query: string; readonly quality: RegExp | null; readonly lossless: string | null }>> = {
  'a quality by target': { query: 'w=40&q=auto', quality: /^\d{2};ssim=0\.\d{3}$/, lossless: null },
  'a quality by bytes': { query: 'w=40&max-bytes=2000', quality: /^\d{1,3}$/, lossless: null },
  'the source itself': { query: 'q=100', quality: /^source$/, lossless: null },
  'no loss': { query: 'q=lossless', quality: null, lossless: 'true' },
  'a wished quality': { query: 'w=40&q=70', quality: null, lossless: null },
}

it.each(Object.entries(WISHES))('%s is told by every tier', async (name, { query, quality, lossless }) => {
  const path = await upload(`/notes/${name.replaceAll(' ', '-')}.jpg`, picture('photo.jpg'), { 'Content-Type': 'image/jpeg' })
  const send = (version: number, headers: Record<string, string> = {}): Promise<Response> =>
    request(`/${ACCOUNT}/image${path}?${query}&f=jpeg&version=${version}`, { headers })
  const first = await send(1)
  const said = first.headers.get('Emulsion-Quality')
  if (quality) expect(said).toMatch(quality)
  expect(told(first)).toEqual([200, 'miss', quality ? said : null, lossless])
  const body = await first.arrayBuffer()
  const etag = first.headers.get('ETag') ?? ''
  for (const [version, tier] of [
    [1, 'edge'],
    [2, 'store'],
    [2, 'edge'],
  ] as const) {
    const response = await send(version)
    expect(told(response)).toEqual([200, tier, said, lossless])
    expect(response.headers.get('ETag')).toBe(etag)
    expect(await response.arrayBuffer()).toEqual(body)
  }
  const unchanged = await send(1, { 'If-None-Match': etag })
  expect(told(unchanged)).toEqual([304, 'edge', said, lossless])
  // By its name alone, without a look at the result: a client keeps what it was told before (RFC 9111 §4.3.4).
  expect(told(await send(3, { 'If-None-Match': etag }))).toEqual([304, 'store', null, null])
})
