import { expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'

const NAMES = ['Emulsion-Cache', 'Emulsion-Lossless'] as const
const told = ({ headers }: Response): readonly (string | null)[] => NAMES.map((name) => headers.get(name))
const stored = () => upload('/lossless/photo.jpg', picture('photo.jpg'), { 'Content-Type': 'image/jpeg' })

it('every tier tells that nothing was lost', async () => {
  const path = await stored()
  const send = (version: number): Promise<Response> =>
    request(`/${ACCOUNT}/image${path}?q=lossless&crop-x=0&crop-y=0&crop-w=32&crop-h=32&version=${version}`)
  const bodies: number[] = []
  for (const [version, tier] of [
    [1, 'miss'],
    [1, 'edge'],
    [2, 'store'],
    [2, 'edge'],
  ] as const) {
    const response = await send(version)
    expect([response.status, ...told(response)]).toEqual([200, tier, 'true'])
    bodies.push((await response.arrayBuffer()).byteLength)
  }
  expect(new Set(bodies).size).toBe(1)
})

it('what loses something is 422 with the reason, where nothing may be lost', async () => {
  const path = await stored()
  const response = await request(`/${ACCOUNT}/image${path}?q=lossless&w=20`)
  expect(response.status).toBe(422)
  expect(await response.text()).toMatch(/received resize, which takes pixels/)
})

it('a picture of pixels says nothing of it', async () => {
  expect((await request(`/${ACCOUNT}/image${await stored()}?w=20`)).headers.has('Emulsion-Lossless')).toBe(false)
})
