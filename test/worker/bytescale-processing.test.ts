import { beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT, errorOf, ORIGIN, picture, SECRET_KEY, upload } from './support/client.ts'
import { ownedService } from './support/owned-service.ts'
import { decodePixels } from './support/pixels.ts'

const bearer = { Authorization: `Bearer ${SECRET_KEY}` }
const send = ownedService({
  accounts: [
    {
      id: ACCOUNT,
      keys: [{ id: 'main', kind: 'secret', key: { env: 'EMULSION_SECRET_KEY' } }],
      cache: { ttlSeconds: 77, notFoundTtlSeconds: 7, permanent: false },
      maxUploadBytes: 2000,
      presets: {
        thumb: 'w=20&h=20&fit=crop&f=png',
        'by-groups': [{ w: 10, f: 'webp' }, { q: 50 }],
        marked: { image: '/photo.png', 'layer-w': 32, gravity: 'bottom-right' },
      },
    },
  ],
})
const shape = async (path: string): Promise<string> => {
  const response = await send(`/${ACCOUNT}${path}`)
  if (!response.ok) return (await errorOf(response)).code
  const type = response.headers.get('Content-Type')
  const { width, height } = await decodePixels(response)
  return `${type} ${width}×${height}`
}
const save = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  send(`/${ACCOUNT}/save${path}`, { method: 'POST', headers: { ...bearer, ...headers }, body: JSON.stringify(body) })

beforeAll(async () => {
  await upload('/photo.png', picture('photo.png'))
  await upload('/a!b.png', picture('photo.png'))
})

describe('presets', () => {
  it.each([
    ['/thumb/photo.png', 'image/png 20×20'],
    ['/by-groups/photo.png', 'image/webp 10×8'],
    ['/thumb/photo.png?w=30', 'image/png 30×20'],
    ['/thumb/photo.png?f=jpeg&version=3', 'image/jpeg 20×20'],
    ['/thumb/photo.png?nope=1', 'unknown_parameter'],
    ['/other/photo.png', 'not_found'],
    ['/save/photo.png', 'not_found'],
  ])('%s → %s', async (path, expected) => expect(await shape(path)).toBe(expected))

  it("a layer of the URL stands above the preset's, and leaves the rest of it as it is", async () => {
    const pixels = async (path: string) => decodePixels(await send(`/${ACCOUNT}${path}`))
    // The quadrants of the picture, red first: the preset draws them into the lower right quarter, the URL into the quarter of that.
    const preset = await pixels('/marked/photo.png?f=png')
    const both = await pixels('/marked/photo.png?f=png&image=/photo.png&layer-w=16&gravity=bottom-right')
    const [RED, GREEN, WHITE] = [
      [255, 0, 0],
      [0, 255, 0],
      [255, 255, 255],
    ]
    const colours = ({ at }: typeof preset) =>
      [at(4, 4), at(36, 27), at(61, 27), at(51, 39), at(62, 46)].map((colour) => colour.slice(0, 3).map((value) => (value > 127 ? 255 : 0)))
    expect(colours(preset)).toEqual([RED, RED, GREEN, WHITE, WHITE])
    expect(colours(both)).toEqual([RED, RED, GREEN, RED, WHITE])
  })

  it('a save takes a preset as it takes image', async () => {
    expect(await (await save('/thumb/photo.png', { destination: '/made/thumb.png' })).json()).toMatchObject({
      async: false,
      filePath: '/made/thumb.png',
    })
    expect(await shape('/image/made/thumb.png')).toBe('image/png 20×20')
  })
})

describe('the spellings of a URL', () => {
  it.each([
    ['/image/photo.png!w=16&f=png', 'image/png 16×12'],
    ['/image/photo.png!w=16?f=png', 'image/png 16×12'],
    ['/image/a%21b.png?w=16&f=png', 'image/png 16×12'],
    ['/image/a!b.png?w=16&f=png', 'unknown_parameter'],
    ['/image/photo.png?w=16&f=png&artifact=/', 'image/png 16×12'],
    ['/image/photo.png?w=16&f=png&a=/', 'image/png 16×12'],
    ['/image/photo.png?w=16&artifact=/x', 'file_not_found'],
    ['/image/photo.png?w=16&f=png&meta-user=7&meta-x=y&auth=true', 'image/png 16×12'],
    ['/image/photo.png?w=16&f=png&cache_ttl=5&cache_ttl_404=5&cache_perm=auto&cache_only=false', 'image/png 16×12'],
    ['/image/photo.png?w=16&f=png&cache-ttl=5&cache-ttl-404=5&cache-perm=auto&cache-only=false', 'image/png 16×12'],
    ['/image/photo.png?w=16&cache-ttl=5&cache_ttl=5', 'invalid_parameter'],
    ['/image/photo.png?w=16&w=17', 'invalid_parameter'],
  ])('%s → %s', async (path, expected) => expect(await shape(path)).toBe(expected))
})

describe("an account's own settings", () => {
  const cacheControl = async (path: string): Promise<string | null> => (await send(`/${ACCOUNT}${path}`)).headers.get('Cache-Control')

  it.each([
    ['/raw/photo.png', 'public, max-age=77'],
    ['/image/photo.png?w=5', 'public, max-age=77'],
    ['/image/photo.png?w=5&cache-ttl=9', 'public, max-age=9'],
    ['/image/photo.png?w=5&version=2', 'public, max-age=31536000, immutable'],
    ['/image/photo.png?w=5&cache=false', 'no-store'],
    ['/raw/nothing', 'public, max-age=7'],
    ['/image/nothing', 'public, max-age=7'],
    ['/image/nothing?cache_ttl_404=3', 'public, max-age=3'],
    ['/raw/nothing?cache-ttl-404=0', 'public, max-age=0'],
  ])('%s: %s', async (path, expected) => expect(await cacheControl(path)).toBe(expected))

  it('results are kept at the edge alone where the account keeps none, unless the URL asks for it', async () => {
    const tier = async (query: string): Promise<string | null> =>
      (await send(`/${ACCOUNT}/image/photo.png?${query}`)).headers.get('Emulsion-Cache')
    // Another version is another entry at the edge, and the same result in the store.
    expect([await tier('w=33&version=1'), await tier('w=33&version=2')]).toEqual(['miss', 'miss'])
    expect([await tier('w=34&version=1&cache-perm=true'), await tier('w=34&version=2')]).toEqual(['miss', 'store'])
    expect([await tier('w=35&cache=false'), await tier('w=35')]).toEqual(['miss', 'miss'])
    expect(await shape('/image/photo.png?w=36&cache-only=true')).toBe('not_cached')
  })

  it('limits what it stores', async () => {
    const store = (size: number) =>
      send(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=/limit`, { method: 'POST', headers: bearer, body: new Uint8Array(size) })
    expect((await store(2000)).status).toBe(200)
    expect((await store(2001)).status).toBe(413)
    const begun = await send(`/v2/accounts/${ACCOUNT}/uploads`, { method: 'POST', headers: bearer, body: '{"size":2001}' })
    expect((await errorOf(begun)).code).toBe('file_too_large')
  })
})

describe('POST save', () => {
  it("takes parameters beyond the URL: the body's word counts, and null counts for nothing", async () => {
    expect((await save('/image/photo.png?w=30&f=png', { destination: '/s/1.png', extendedParams: { w: 12, h: null } })).status).toBe(200)
    expect(await shape('/image/s/1.png')).toBe('image/png 12×9')
    expect((await save('/image/photo.png?f=png', { destination: '/s/2.png', extendedParams: [{ w: 14 }, { fit: 'width' }] })).status).toBe(
      200,
    )
    expect(await shape('/image/s/2.png')).toBe('image/png 14×11')
  })

  it.each<[string, object | undefined, object, string[]]>([
    ['nothing said', undefined, {}, []],
    ['replaced', { value: { b: 2 } }, { b: 2 }, ['t2']],
    ['merged', { value: { b: 2 }, merge: true, setForAllArtifacts: true }, { a: 1, b: 2 }, ['t1', 't2']],
  ])('metadata and tags: %s', async (name, change, metadata, tags) => {
    await send(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=/with-meta.png&tag=t1`, {
      method: 'POST',
      headers: { ...bearer, 'X-Upload-Metadata': '{"a":1,"b":1}' },
      body: picture('half-transparent.png'),
    })
    const destination = `/merged/${name}.png`
    const body = { destination, ...(change && { metadata: change, tags: { ...change, value: ['t2'] } }) }
    expect((await save('/image/with-meta.png?w=4', body)).status).toBe(200)
    const details = await (
      await send(`/v2/accounts/${ACCOUNT}/files/details?filePath=${encodeURIComponent(destination)}`, { headers: bearer })
    ).json()
    expect(details).toMatchObject({ metadata, tags })
  })

  it('later, when the caller asks for it: a job that names its file', async () => {
    const answer = await (
      await save('/image/photo.png?w=6&f=png', { destination: '/later/6.png' }, { Prefer: 'respond-async' })
    ).json<{ jobId: string; jobUrl: string }>()
    expect(answer).toMatchObject({
      async: true,
      accountId: ACCOUNT,
      jobType: 'ProcessImageJob',
      jobId: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      created: expect.any(Number),
      status: expect.stringMatching(/Pending|Running/),
      error: null,
      summary: {},
    })
    expect(answer.jobUrl).toBe(`${ORIGIN}/v2/accounts/${ACCOUNT}/jobs/ProcessImageJob/${answer.jobId}`)
    let job: { status: string; summary: object } = { status: '', summary: {} }
    for (let i = 0; i < 100 && job.status !== 'Succeeded'; i++) {
      await new Promise((wait) => setTimeout(wait, 50))
      job = await (await send(answer.jobUrl.slice(ORIGIN.length), { headers: bearer })).json()
    }
    expect(job).toMatchObject({
      status: 'Succeeded',
      summary: { filePath: '/later/6.png', fileUrl: `${ORIGIN}/${ACCOUNT}/raw/later/6.png` },
    })
    expect(await shape('/image/later/6.png')).toBe('image/png 6×5')
    expect((await errorOf(await save('/image/nothing', {}, { Prefer: 'respond-async' }))).code).toBe('file_not_found')
    const layers = Array.from({ length: 65 }, () => 'text=a').join('&')
    expect((await errorOf(await save(`/image/photo.png?${layers}`, {}, { Prefer: 'respond-async' }))).code).toBe('too_many_steps')
    expect((await errorOf(await save('/image/photo.png', { destination: '/../x' }, { Prefer: 'respond-async' }))).code).toBe('invalid_path')
  })
})
