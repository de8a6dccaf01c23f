import { expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'

const NAMES = ['Emulsion-Cache', 'Emulsion-Gain-Map'] as const
const told = ({ headers }: Response): readonly (string | null)[] => NAMES.map((name) => headers.get(name))

it.each([
  ['w=60', 'kept'],
  ['w=60&f=jpg', 'kept'],
  ['w=60&h=60&fit=crop&rotate=90', 'kept'],
  ['w=60&blur=2', 'dropped;by=blur'],
  ['w=60&f=webp', 'dropped;by=format'],
])('of a gain map tells every tier the same: %s', async (query, says) => {
  const path = await upload(`/ultra-hdr/${query.length}.jpg`, picture('ultra-hdr.jpg'), { 'Content-Type': 'image/jpeg' })
  const send = (version: number): Promise<Response> => request(`/${ACCOUNT}/image${path}?${query}&version=${version}`)
  const bodies: ArrayBuffer[] = []
  for (const [version, tier] of [
    [1, 'miss'],
    [1, 'edge'],
    [2, 'store'],
    [2, 'edge'],
  ] as const) {
    const response = await send(version)
    expect(told(response)).toEqual([tier, says])
    bodies.push(await response.arrayBuffer())
  }
  expect(bodies.map((body) => new TextDecoder('latin1').decode(body).includes('hdrgm:GainMapMax'))).toEqual(
    bodies.map(() => says === 'kept'),
  )
})

it('of a plain picture nothing is told', async () => {
  const path = await upload('/ultra-hdr/plain.jpg', picture('photo.jpg'), { 'Content-Type': 'image/jpeg' })
  expect((await request(`/${ACCOUNT}/image${path}?w=30`)).headers.has('Emulsion-Gain-Map')).toBe(false)
})
