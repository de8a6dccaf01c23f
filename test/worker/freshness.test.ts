import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, SECRET_KEY, upload } from './support/client.ts'
import { create, ended } from './support/batch.ts'

const authorized = { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': 'application/json' }
const OLD = picture('photo.png')
const NEW = picture('half-transparent.png')

async function demandOk(response: Promise<Response>): Promise<void> {
  const { ok, status } = await response
  expect([ok, status]).toEqual([true, status])
}

/** Every way to put the new picture in the place of the old one. */
const REPLACEMENTS: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'stored over': (path) => upload(path, NEW),
  'copied over': async (path) => {
    const source = await upload(`${path}-source.png`, NEW)
    await demandOk(
      request(`/v2/accounts/${ACCOUNT}/files/copy`, {
        method: 'POST',
        headers: authorized,
        body: JSON.stringify({ source, destination: path }),
      }),
    )
  },
  'saved over': async (path) => {
    const source = await upload(`${path}-source.png`, NEW)
    const body = JSON.stringify({ destination: path })
    await demandOk(request(`/${ACCOUNT}/save/image${source}?f=png`, { method: 'POST', headers: authorized, body }))
  },
  'written over by a batch': async (path) => {
    const source = await upload(`${path}-source.png`, NEW)
    const { status } = await ended(await create({ source, jobs: [{ destination: path, transformations: [] }] }))
    expect(status).toBe('FINISHED')
  },
}

/** Every way to show what is at a path. */
const VIEWS: Readonly<Record<string, (path: string) => string>> = {
  'an image': (path) => `/${ACCOUNT}/image${path}?w=12&f=png`,
  'a versioned image': (path) => `/${ACCOUNT}/image${path}?w=12&f=png&version=1`,
  'a layer': (path) => `/${ACCOUNT}/image/fresh/base.png?f=png&image=${path}&layer-w=9`,
  'the raw file': (path) => `/${ACCOUNT}/raw${path}`,
}

const shown = async (url: string, etag?: string): Promise<{ status: number; bytes: string; etag: string }> => {
  const response = await request(url, { headers: etag === undefined ? {} : { 'If-None-Match': etag } })
  return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()).join(), etag: response.headers.get('ETag') ?? '' }
}

describe.each(Object.entries(VIEWS))('%s', (view, urlOf) => {
  it.each(Object.entries(REPLACEMENTS))('of a file that was %s shows the new one', async (change, replace) => {
    await upload('/fresh/base.png', OLD)
    const path = await upload(`/fresh/${view.replaceAll(' ', '-')}-${change.replaceAll(' ', '-')}.png`, OLD)
    const first = await shown(urlOf(path))
    expect(first.status).toBe(200)
    expect((await shown(urlOf(path), first.etag)).status).toBe(304)
    await replace(path)
    const second = await shown(urlOf(path), first.etag)
    expect(second.status).toBe(200)
    expect(second.bytes).not.toBe(first.bytes)
  })

  it('of a file that was deleted is 404, for conditional requests too, and the next file is shown', async () => {
    await upload('/fresh/base.png', OLD)
    const path = await upload(`/fresh/${view.replaceAll(' ', '-')}-deleted.png`, OLD)
    const first = await shown(urlOf(path))
    await shown(urlOf(path))
    await demandOk(request(`/v2/accounts/${ACCOUNT}/files?filePath=${path}`, { method: 'DELETE', headers: authorized }))
    expect((await shown(urlOf(path))).status).toBe(404)
    expect((await shown(urlOf(path), first.etag)).status).toBe(404)
    expect((await shown(urlOf(path), '*')).status).toBe(404)
    await upload(path, NEW)
    const second = await shown(urlOf(path))
    expect([second.status, second.bytes === first.bytes]).toEqual([200, false])
  })
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
