import { beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT, errorOf, picture, PUBLIC_KEY, request, SECRET_KEY, upload } from '../support/client.ts'

interface Told {
  readonly dialect: string
  readonly key: string
  readonly canonical: string
  readonly generation: {
    readonly engine: readonly string[]
    readonly files: readonly { readonly path: string; readonly etag: string; readonly reset: number | null }[]
    readonly edge: string
  }
  readonly source: { readonly path: string; readonly etag: string; readonly size: number }
  readonly layers: readonly { readonly path: string }[]
  readonly run: {
    readonly way: string
    readonly source: { readonly format: string; readonly width: number; readonly height: number }
    readonly decoder: { readonly width: number; readonly height: number }
    readonly steps: readonly { readonly op: string; readonly manner: string }[]
    readonly output: { readonly format: string; readonly width: number; readonly height: number }
    readonly estimate: { readonly milliseconds: number; readonly memoryBytes: number }
  } | null
  readonly refused: { readonly code: string } | null
  readonly tiers: readonly { readonly tier: string; readonly answers: boolean; readonly why: string }[]
}

const SECRET = { Authorization: `Bearer ${SECRET_KEY}` }
const image = (query: string, path = '/explain/photo.png'): string => `/${ACCOUNT}/image${path}?${query}`
const explained = async (query: string, path?: string): Promise<Told> => {
  const response = await request(image(`${query}&explain=true`, path), { headers: SECRET })
  expect(response.status).toBe(200)
  expect(response.headers.get('Cache-Control')).toBe('private, no-store')
  return response.json()
}
const answering = ({ tiers }: Told): string | undefined => tiers.find(({ answers }) => answers)?.tier

beforeAll(async () => {
  await upload('/explain/photo.png', picture('photo.png'))
  await upload('/explain/text.png', 'no picture')
})

describe('explain=true', () => {
  it('names the result as the picture does, and does not make it', async () => {
    const before = await explained('w=20&f=png')
    const again = await explained('w=20&f=png')
    expect(answering(before)).toBe('miss')
    expect(answering(again)).toBe('miss')
    const made = await request(image('w=20&f=png'))
    await made.arrayBuffer()
    expect(made.headers.get('Emulsion-Cache')).toBe('miss')
    expect(made.headers.get('ETag')).toBe(`"${before.key}"`)
  })

  it('says which tier answers, and why the others do not', async () => {
    await (await request(image('w=21&f=png'))).arrayBuffer()
    const near = await explained('w=21&f=png')
    expect(near.tiers.map(({ tier, answers }) => [tier, answers])).toEqual([
      ['edge', true],
      ['store', false],
      ['miss', false],
    ])
    expect(near.tiers[1]?.why).toContain('the edge is asked first')
    expect(answering(await explained('w=21&f=png&v=2'))).toBe('store')
    expect(answering(await explained('w=21&f=png&cache=false'))).toBe('miss')
    const only = await explained('w=22&f=png&cache-only=true')
    expect(answering(only)).toBeUndefined()
    expect(only.tiers[2]?.why).toContain('404')
  })

  it('tells how each step is run', async () => {
    const { run, canonical, layers, generation } = await explained(
      'w=20&flip=true&blur=2&normalize=true&negate=true&image=/explain/photo.png&f=png',
    )
    expect(run?.steps.map(({ op, manner }) => [op, manner])).toEqual([
      ['flip', 'decoder'],
      ['resize', 'decoder'],
      ['blur', 'window'],
      ['normalize', 'statistics first'],
      ['negate', 'pointwise'],
      ['composite', 'layer'],
    ])
    expect(run?.way).toBe('rows')
    expect(run?.estimate.milliseconds).toBeGreaterThan(0)
    expect(JSON.parse(canonical)).toMatchObject({ output: { format: 'png' } })
    expect(layers.map(({ path }) => path)).toEqual(['/explain/photo.png'])
    const reset = { pattern: '/image/explain/photo.png', resetEdgeCache: true, resetPermanentCache: false }
    const init = { method: 'POST', headers: { ...SECRET, 'Content-Type': 'application/json' }, body: JSON.stringify(reset) }
    expect((await request(`/v2/accounts/${ACCOUNT}/cache/reset`, init)).ok).toBe(true)
    const after = await explained('w=20&image=/explain/photo.png')
    const file = { path: '/explain/photo.png', etag: generation.files[0]?.etag }
    expect([generation.files, after.generation.files]).toEqual([
      [1, 2].map(() => ({ ...file, reset: null })),
      [1, 2].map(() => ({ ...file, reset: expect.any(Number) as number })),
    ])
  })

  it('tells why a picture cannot be made', async () => {
    const { refused, run } = await explained('w=20', '/explain/text.png')
    expect(run).toBeNull()
    expect(refused?.code).toBe('unsupported_format')
  })

  it.each([
    ['nobody', {}, 401, 'unauthorized'],
    ['a public key', { Authorization: `Bearer ${PUBLIC_KEY}` }, 403, 'forbidden'],
    ['an unknown key', { Authorization: 'Bearer secret_x' }, 401, 'unauthorized'],
  ])('tells nothing to %s', async (_who, headers, status, code) => {
    for (const [url, more] of [
      [image('w=20&explain=true'), {}],
      [image('w=20'), { 'Emulsion-Explain': 'true' }],
    ] as const) {
      const response = await request(url, { headers: { ...headers, ...more } })
      expect(response.status).toBe(status)
      expect((await errorOf(response)).code).toBe(code)
    }
  })

  it('is an error in a save', async () => {
    const response = await request(`/${ACCOUNT}/save/image/explain/photo.png?w=5&explain=true`, {
      method: 'POST',
      headers: SECRET,
      body: '{}',
    })
    expect((await errorOf(response)).details?.field).toBe('explain')
  })
})
