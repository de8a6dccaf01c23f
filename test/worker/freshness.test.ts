import { createExecutionContext, createMessageBatch } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { BELIEVED_MS } from '../../src/service/files/recent-files.ts'
import { ACCOUNT, picture, request, SECRET_KEY, upload } from './support/client.ts'
import { create, ended } from './support/batch.ts'
import { basic, OPEN, store } from './support/filestack.ts'

const { FILES, RESULTS } = env as unknown as { readonly FILES: R2Bucket; readonly RESULTS: R2Bucket } // wrangler.toml
const authorized = { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': 'application/json' }
const OLD = picture('photo.png')
const NEW = picture('half-transparent.png')
const api = (path: string, method: string, body?: unknown): Promise<Response> =>
  request(`/v2/accounts/${ACCOUNT}${path}`, { method, headers: authorized, ...(body !== undefined && { body: JSON.stringify(body) }) })

/** R2 notifies of something at a key. */
const onStorageEvent = (key: string): Promise<void> => {
  const body = { action: 'PutObject', bucket: 'emulsion-files', object: { key }, eventTime: new Date().toISOString() }
  const messages = [{ id: '1', timestamp: new Date(), attempts: 1, body }]
  return worker.queue(createMessageBatch('emulsion-storage-events', messages) as never, env as never, createExecutionContext())
}

afterEach(() => void vi.useRealTimers())

/** A file that both APIs know, in a folder of its own. */
interface Subject {
  readonly folder: string
  readonly path: string
  readonly handle: string
}

async function demandOk(response: Promise<Response>): Promise<Response> {
  const answered = await response
  expect([answered.ok, answered.status]).toEqual([true, answered.status])
  return answered
}

/** The job behind an answer of the API, when it has ended. */
async function jobOf(
  response: Promise<Response>,
): Promise<{ readonly status: string; readonly summary: Readonly<Record<string, unknown>> }> {
  const { jobUrl } = (await (await demandOk(response)).json()) as { jobUrl: string }
  return vi.waitUntil(
    async () => {
      const job = (await (await request(new URL(jobUrl).pathname, { headers: authorized })).json()) as Awaited<ReturnType<typeof jobOf>>
      return ['Succeeded', 'Failed'].includes(job.status) ? job : null
    },
    { timeout: 20_000, interval: 20 },
  )
}

async function joinParts(path: string): Promise<void> {
  const begun = await demandOk(
    api('/uploads', 'POST', { size: NEW.length, mime: 'image/png', path: { folderPath: dirOf(path), fileName: nameOf(path) } }),
  )
  const { uploadId, uploadParts } = (await begun.json()) as { uploadId: string; uploadParts: { first: { uploadUrl: string } } }
  const part = new URL(uploadParts.first.uploadUrl)
  const sent = await demandOk(request(part.pathname + part.search, { method: 'PUT', body: NEW }))
  await demandOk(api(`/uploads/${uploadId}/parts/0`, 'PUT', { etag: sent.headers.get('ETag') }))
}

const dirOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const newBeside = ({ folder }: Subject): Promise<string> => upload(`${folder}/new.png`, NEW)

/** Some seconds go by, in which no event arrives. */
const waitForTheBound = (): void => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + BELIEVED_MS })

/** Every way to put the new picture in the place of the old one. */
const REPLACEMENTS: Readonly<Record<string, (file: Subject) => Promise<unknown>>> = {
  'stored over': ({ path }) => upload(path, NEW),
  'stored over by a form': ({ path }) => {
    const form = new FormData()
    form.set('file', new File([NEW], nameOf(path), { type: 'image/png' }))
    const headers = { Authorization: `Bearer ${SECRET_KEY}` }
    return demandOk(request(`/v2/accounts/${ACCOUNT}/uploads/form_data?filePath=${path}`, { method: 'POST', headers, body: form }))
  },
  'joined over from parts': ({ path }) => joinParts(path),
  'copied over': async (file) => demandOk(api('/files/copy', 'POST', { source: await newBeside(file), destination: file.path })),
  'copied over by a job': async (file) => {
    const job = await jobOf(api('/files/copy/batch', 'POST', { files: [{ source: await newBeside(file), destination: file.path }] }))
    expect(job.status).toBe('Succeeded')
  },
  'saved over': async (file) => {
    const body = JSON.stringify({ destination: file.path })
    await demandOk(request(`/${ACCOUNT}/save/image${await newBeside(file)}?f=png`, { method: 'POST', headers: authorized, body }))
  },
  'written over by a batch': async (file) => {
    const { status } = await ended(await create({ source: await newBeside(file), jobs: [{ destination: file.path, transformations: [] }] }))
    expect(status).toBe('FINISHED')
  },
  'stored over by its handle': ({ handle }) =>
    demandOk(
      request(`/api/file/${handle}`, { method: 'POST', headers: { ...basic(OPEN.secret), 'Content-Type': 'image/png' }, body: NEW }),
    ),
  'written over in the bucket': async ({ path }) => {
    await FILES.put(ACCOUNT + path, NEW, { httpMetadata: { contentType: 'image/png' } })
    waitForTheBound()
  },
}

/** Every way to remove it. */
const REMOVALS: Readonly<Record<string, (file: Subject) => Promise<unknown>>> = {
  deleted: ({ path }) => demandOk(api(`/files?filePath=${path}`, 'DELETE')),
  'deleted by a job': ({ path }) => jobOf(api('/files/batch', 'DELETE', { files: [path] })),
  'deleted with its folder': ({ path }) =>
    jobOf(api('/folders', 'DELETE', { folderPath: dirOf(path), deleteFiles: true, deleteVirtualFolders: true, recursive: true })),
  'deleted by its handle': ({ handle }) =>
    demandOk(request(`/api/file/${handle}?key=${OPEN.key}`, { method: 'DELETE', headers: basic(OPEN.secret) })),
  'deleted in the bucket': async ({ path }) => {
    await FILES.delete(ACCOUNT + path)
    waitForTheBound()
  },
}

/** Every way to show it. */
const VIEWS: Readonly<Record<string, (file: Subject & { readonly base: string; readonly baseHandle: string }) => string>> = {
  'an image': ({ path }) => `/${ACCOUNT}/image${path}?w=12&f=png`,
  'a versioned image': ({ path }) => `/${ACCOUNT}/image${path}?w=12&f=png&version=1`,
  'an image of a preset': ({ path }) => `/${ACCOUNT}/thumbnail${path}`,
  facts: ({ path }) => `/${ACCOUNT}/image${path}?f=json`,
  'a layer': ({ path, base }) => `/${ACCOUNT}/image${base}?f=png&image=${path}&layer-w=9`,
  'a layer of a preset': ({ path, base }) => `/${ACCOUNT}/thumbnail${base}?f=png&image=${path}&layer-w=9`,
  'a tile': ({ path }) => `/${ACCOUNT}/iiif/3/${encodeURIComponent(path.slice(1))}/0,0,20,20/10,/0/default.png`,
  'the information of tiles': ({ path }) => `/${ACCOUNT}/iiif/3/${encodeURIComponent(path.slice(1))}/info.json`,
  'a picture of Nuxt': ({ path }) => `/${ACCOUNT}/_ipx/w_12,f_png${path}`,
  'a picture of Next.js': ({ path }) => `/${ACCOUNT}/_next/image?url=${encodeURIComponent(path)}&w=12&q=75`,
  'the raw file': ({ path }) => `/${ACCOUNT}/raw${path}`,
  'a file by its handle': ({ handle }) => `/api/file/${handle}`,
  'a processing URL': ({ handle }) => `/resize=width:12/${handle}`,
  'a watermark': ({ handle, baseHandle }) => `/watermark=file:${handle},size:40/${baseHandle}`,
}

interface Shown {
  readonly status: number
  readonly bytes: string
  readonly etag: string
}

async function shown(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const response = await request(url, { headers })
  return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()).join(), etag: response.headers.get('ETag') ?? '' }
}

let made = 0

/** A file and the URLs of all its views, each of which was shown, from the edge as well. */
async function shownEverywhere(): Promise<{ readonly file: Subject; readonly views: readonly (readonly [string, string, Shown])[] }> {
  const folder = `fresh-${String(++made)}`
  const inFolder = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Subject> => {
    const { handle } = await store(OPEN, bytes, `path=${folder}/${name}&mimetype=image/png`)
    return { handle, folder: `/filestack/default/${folder}`, path: `/filestack/default/${folder}/${name}` }
  }
  const [base, file] = [await inFolder('base/base.png', OLD), await inFolder('subject/subject.png', OLD)]
  const views: [string, string, Shown][] = []
  for (const [name, urlOf] of Object.entries(VIEWS)) {
    const url = urlOf({ ...file, base: base.path, baseHandle: base.handle })
    const first = await shown(url)
    expect([name, first.status]).toEqual([name, 200])
    expect([name, (await shown(url, { 'If-None-Match': first.etag })).status]).toEqual([name, 304])
    // Then from the edge, and then from memory.
    for (let again = 0; again < 2; again++) expect([name, await shown(url)]).toEqual([name, first])
    views.push([name, url, first])
  }
  return { file, views }
}

/** Names of the kept results of a file, and of those that draw it. */
const keptOf = async (path: string): Promise<string[]> =>
  (await RESULTS.list({ prefix: `${ACCOUNT}${path}//` })).objects.map(({ key }) => key)

/** How a client asks again that has the old one. Files as they are have ranges. */
const conditionsOf = (view: string, { etag }: Shown): readonly Readonly<Record<string, string>>[] => [
  {},
  { 'If-None-Match': etag },
  ...(view.includes('file') ? [{ Range: 'bytes=0-', 'If-Range': etag }] : []),
]

describe('a file that was', () => {
  it.each(Object.entries(REPLACEMENTS))('%s shows the new picture, however it is asked for', async (_, replace) => {
    const { file, views } = await shownEverywhere()
    await replace(file)
    for (const [name, url, old] of views) {
      for (const headers of conditionsOf(name, old)) {
        const now = await shown(url, headers)
        const condition = Object.keys(headers).join()
        expect([name, condition, Math.floor(now.status / 100)]).toEqual([name, condition, 2])
        expect([name, condition, now.bytes === old.bytes]).toEqual([name, condition, false])
      }
    }
  })

  it.each(Object.entries(REMOVALS))('%s is 404, however it is asked for, and the next file is shown', async (_, remove) => {
    const { file, views } = await shownEverywhere()
    await remove(file)
    for (const [name, url, old] of views) {
      for (const headers of conditionsOf(name, old)) {
        const condition = Object.keys(headers).join()
        expect([name, condition, (await shown(url, headers)).status]).toEqual([name, condition, 404])
      }
    }
    await upload(file.path, NEW)
    const [, url = '', old] = views[0] ?? []
    const next = await shown(url)
    expect([next.status, next.bytes === old?.bytes]).toEqual([200, false])
  })
})

describe('a file of a storage rule that was', () => {
  /** What the rule `thumbs` made, once it is other than before. */
  const derivative = (path: string, before: string): Promise<Shown> =>
    vi.waitUntil(
      async () => {
        const now = await shown(`/${ACCOUNT}/raw${path}`)
        return now.bytes === before ? null : now
      },
      { timeout: 20_000, interval: 20 },
    )
  const made = async (name: string): Promise<{ readonly file: Subject; readonly thumb: string; readonly first: Shown }> => {
    const folder = `/incoming/fresh-${name.replaceAll(' ', '-')}`
    const path = await upload(`${folder}/subject/a.png`, OLD)
    const thumb = `${folder}/subject/thumbs/a-200.webp`
    await vi.waitUntil(async () => (await FILES.head(ACCOUNT + thumb)) !== null, { timeout: 20_000, interval: 20 })
    return { file: { folder: `/beside${folder}`, path, handle: '' }, thumb, first: await shown(`/${ACCOUNT}/raw${thumb}`) }
  }
  /** As R2 notifies of it. */
  const notify = ({ path }: Subject): Promise<void> => onStorageEvent(ACCOUNT + path)
  const byPath = <T>(changes: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(changes).filter(([name]) => !name.includes('handle'))

  it.each(byPath(REPLACEMENTS))('%s has a new derivative', async (name, replace) => {
    const { file, thumb, first } = await made(name)
    await replace(file)
    if (name.includes('bucket')) await notify(file)
    expect((await derivative(thumb, first.bytes)).status).toBe(200)
    const picture = await shown(`/${ACCOUNT}/image${thumb}?w=10&f=png`)
    expect(picture.status).toBe(200)
  })

  it.each(byPath(REMOVALS))('%s has none', async (name, remove) => {
    const { file, thumb, first } = await made(name)
    const picture = `/${ACCOUNT}/image${thumb}?w=10&f=png`
    const old = await shown(picture)
    await remove(file)
    if (name.includes('bucket')) await notify(file)
    expect((await derivative(thumb, first.bytes)).status).toBe(404)
    expect([(await shown(picture)).status, (await shown(picture, { 'If-None-Match': old.etag })).status]).toEqual([404, 404])
  })
})

it('a folder that was closed shows nothing to the public after the bound', async () => {
  const { file, views } = await shownEverywhere()
  await demandOk(api('/folders', 'PUT', { folderPath: dirOf(file.path), folderSettings: { publicPermissions: { set: true, value: [] } } }))
  waitForTheBound()
  for (const [name, url, old] of views.filter(([, address]) => address.startsWith(`/${ACCOUNT}/`))) {
    for (const headers of [{}, { 'If-None-Match': old.etag }]) expect([name, (await shown(url, headers)).status]).toEqual([name, 401])
  }
})

it('a picture that was not changed stays at the edge', async () => {
  const path = await upload('/fresh/kept.png', OLD)
  const url = `/${ACCOUNT}/image${path}?w=11`
  await (await request(url)).arrayBuffer()
  const again = await request(url)
  await again.arrayBuffer()
  expect(again.headers.get('Emulsion-Cache')).toBe('edge')
  expect(again.headers.get('Server-Timing')).not.toContain('store')
})

describe('a reset of the cache', () => {
  it('answers with its report: kept results of the file and of pictures that draw it are gone, and the edge forgets both', async () => {
    const [base, logo] = [await upload('/reset/base.png', OLD), await upload('/reset/logo/logo.png', OLD)]
    const urls = [
      `/${ACCOUNT}/image${logo}?w=12&f=png&cache-perm=true`,
      `/${ACCOUNT}/image${base}?f=png&image=${logo}&layer-w=9&cache-perm=true`,
    ]
    const tier = async (url: string): Promise<string | null> => {
      const response = await request(url)
      await response.arrayBuffer()
      return response.headers.get('Emulsion-Cache')
    }
    const other = `/${ACCOUNT}/image${base}?f=png&cache-perm=true&w=13`
    for (const url of [...urls, other]) expect(await tier(url)).toBe('miss')
    await vi.waitUntil(async () => (await keptOf(base)).length === 2 && (await keptOf(logo)).length === 2)
    for (const url of urls) expect(await tier(url)).toBe('edge')

    const pattern = `/image${logo}`
    const before = Date.now()
    const answer = (await (
      await demandOk(api('/cache/reset', 'POST', { pattern, resetEdgeCache: true, resetPermanentCache: true }))
    ).json()) as {
      readonly status: string
      readonly jobUrl: string
      readonly summary: {
        readonly report: { readonly resetAt: string; readonly edge: { readonly generation: number; readonly unreachableBy: string } }
      }
    }
    const { report } = answer.summary
    expect(answer).toMatchObject({
      status: 'Succeeded',
      summary: {
        resultsDeleted: 2,
        edgeReset: true,
        notReached: ['client'],
        report: {
          pattern,
          permanent: { results: 1, layered: 1, layeredSources: [base], left: 0 },
          derivatives: [],
          notReached: [{ where: 'client' }],
        },
      },
    })
    expect(Date.parse(report.edge.unreachableBy) - Date.parse(report.resetAt)).toBeLessThanOrEqual(5000)
    expect(Date.parse(report.resetAt)).toBeGreaterThanOrEqual(before)
    expect(report.edge.generation).toBeGreaterThan(0)
    // It is kept.
    expect(((await (await request(new URL(answer.jobUrl).pathname, { headers: authorized })).json()) as typeof answer).summary).toEqual(
      answer.summary,
    )

    expect([await keptOf(base), await keptOf(logo)]).toMatchObject([{ length: 1 }, []])
    waitForTheBound()
    for (const url of urls) expect(await tier(url)).toBe('miss')
    expect(await tier(other)).toBe('edge')
  })

  it('names what rules made of the file, which stays, and what it leaves untouched', async () => {
    const path = await upload('/incoming/reset/photo.png', OLD)
    const thumbs = ['200', '800'].map((width) => ({ path: `/incoming/reset/thumbs/photo-${width}.webp`, rule: 'thumbs' }))
    await vi.waitUntil(async () => (await FILES.head(`${ACCOUNT}${thumbs[1]?.path}`)) !== null, { timeout: 20_000 })
    const { summary } = await jobOf(
      api('/cache/reset', 'POST', { pattern: `/image${path}`, resetEdgeCache: false, resetPermanentCache: false }),
    )
    expect(summary).toMatchObject({
      resultsDeleted: 0,
      notReached: ['edge', 'permanent', 'client'],
      report: { permanent: null, edge: null, derivatives: thumbs },
    })
  })
})

describe('what was made of an old version', () => {
  it('does not stay in the bucket of results: not of a layer, and not after a change that came from outside', async () => {
    const [base, logo] = [await upload('/erased/base.png', OLD), await upload('/erased/logo/logo.png', OLD)]
    const drawn = `/${ACCOUNT}/image${base}?f=png&image=${logo}&layer-w=9&cache-perm=true`
    await shown(drawn)
    await vi.waitUntil(async () => (await keptOf(base)).length === 1)
    await upload(logo, NEW)
    expect([await keptOf(base), await keptOf(logo)]).toEqual([[], []])
    await shown(drawn)
    await vi.waitUntil(async () => (await keptOf(base)).length === 1)
    const [current] = await keptOf(base)
    await onStorageEvent(ACCOUNT + logo)
    expect(await keptOf(base)).toEqual([current])
    await FILES.put(ACCOUNT + logo, OLD, { httpMetadata: { contentType: 'image/png' } })
    await onStorageEvent(ACCOUNT + logo)
    expect([await keptOf(base), await keptOf(logo)]).toEqual([[], []])
  })
})
