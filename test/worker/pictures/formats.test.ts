import { describe, expect, it } from 'vitest'
import { ACCOUNT, errorOf, picture, request, upload } from '../support/client.ts'
import { create, ended } from '../support/batch.ts'
import { OPEN, store } from '../support/filestack.ts'
import { decodePixels } from '../support/pixels.ts'

const send = (path: string, query = ''): Promise<Response> => request(`/${ACCOUNT}/image${path}${query}`)

describe.each([
  ['avif', 'image/jpeg'],
  ['bmp', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['ico', 'image/jpeg'],
  ['svg', 'image/jpeg'],
  ['tiff', 'image/jpeg'],
])('a picture in %s', (format, mime) => {
  it('is read, becomes what is written, and can be turned', async () => {
    const path = await upload(`/formats/photo.${format}`, picture(`photo.${format}`))
    const whole = await send(path)
    expect(whole.headers.get('Content-Type')).toBe(mime)
    const shown = await decodePixels(mime === 'image/gif' ? await send(path, '?f=png') : whole)
    expect([shown.width, shown.height]).toEqual([64, 48])
    const corners = ['top left', 'top right', 'bottom right', 'bottom left']
    expect(corners.map((name) => shown.corner(name))).toEqual(['red', 'green', 'white', 'blue'])
    const turned = await decodePixels(await send(path, '?rotate=90&w=36&f=png'))
    expect([turned.width, turned.height]).toEqual([36, 48])
    expect(corners.map((name) => turned.corner(name))).toEqual(['blue', 'red', 'green', 'white'])
  })

  it('that is cut is a picture with a warning, or 422 in the dialect’s shape', async () => {
    const whole = picture(`photo.${format}`)
    const path = await upload(`/formats/cut.${format}`, whole.slice(0, Math.floor(whole.length / 2)))
    const response = await send(path, '?w=20')
    if (response.status === 200) expect(response.headers.get('Emulsion-Warnings')).toMatch(/[A-Z]{3,4}: /)
    else expect([response.status, await response.json()]).toMatchObject([422, { error: { code: 'invalid_image' } }])
  })

  // A drawing is sent as it is by f=svg.
  it.runIf(mime !== `image/${format}` && format !== 'svg')('is no format of results here', async () => {
    const path = await upload(`/formats/photo.${format}`, picture(`photo.${format}`))
    const error = await errorOf(await send(path, `?f=${format}`))
    // AVIF is written by renderers.
    if (format === 'avif') expect(error).toMatchObject({ code: 'not_implemented', message: expect.stringContaining('RENDERER') as string })
    else expect(error).toMatchObject({ code: 'invalid_parameter', details: { field: 'f' } })
  })
})

describe('a GIF out', () => {
  it('is spelled in each dialect, with equal bytes', async () => {
    const path = await upload('/formats/photo.png', picture('photo.png'))
    const url = await send(path, '?f=gif&w=40')
    expect(url.headers.get('Content-Type')).toBe('image/gif')
    const wanted = Buffer.from(await url.arrayBuffer())
    expect(wanted.subarray(0, 10)).toEqual(Buffer.from('GIF89a\x28\0\x1e\0', 'latin1'))
    const { handle } = await store(OPEN, picture('photo.png'), 'filename=photo.png', { 'Content-Type': 'image/png' })
    const filestack = await request(`/resize=width:40/output=format:gif/${handle}`)
    expect(filestack.headers.get('Content-Type')).toBe('image/gif')
    expect(Buffer.from(await filestack.arrayBuffer()).equals(wanted)).toBe(true)
    const jobs = [{ destination: '/formats/batch.gif', transformations: [{ type: 'resize', width: 40 }] }]
    expect(await ended(await create({ source: path, jobs }))).toMatchObject({ status: 'FINISHED' })
    const batch = await request(`/${ACCOUNT}/raw/formats/batch.gif`)
    expect(batch.headers.get('Content-Type')).toBe('image/gif')
    expect(Buffer.from(await batch.arrayBuffer()).equals(wanted)).toBe(true)
  })
})

describe('an SVG', () => {
  const bomb = Uint8Array.from(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800">${'<g opacity=".5"><rect width="800" height="800"/></g>'.repeat(400)}</svg>`,
    ),
  )
  const refused = /expected at most 3000000 units of drawing work at 800×800, received \d+/

  it('becomes what the client takes, and is stored and served as it is', async () => {
    const path = await upload('/formats/photo.svg', picture('photo.svg'))
    expect((await send(path, '?f=jpeg&w=400')).headers.get('Content-Type')).toBe('image/jpeg')
    const raw = await request(`/${ACCOUNT}/raw${path}`)
    expect(await raw.text()).toContain('<svg')
    expect([raw.headers.get('Content-Type'), raw.headers.get('Content-Security-Policy')]).toEqual([
      'image/svg+xml',
      expect.stringContaining('sandbox'),
    ])
    expect((await send(path, '?page=2')).status).toBe(400)
  })

  it('that costs too much is 422 with numbers, in each dialect', async () => {
    const path = await upload('/formats/bomb.svg', bomb)
    expect(await (await send(path)).json()).toMatchObject({ error: { code: 'too_many_pixels', message: expect.stringMatching(refused) } })
    const { handle } = await store(OPEN, bomb, 'filename=bomb.svg', { 'Content-Type': 'image/svg+xml' })
    const filestack = await request(`/resize=width:800/${handle}`)
    expect([filestack.status, await filestack.json()]).toEqual([422, { error: expect.stringMatching(refused) }])
  })

  it('is read by the other dialects', async () => {
    const path = await upload('/formats/photo.svg', picture('photo.svg'))
    const { handle } = await store(OPEN, picture('photo.svg'), 'filename=photo.svg', { 'Content-Type': 'image/svg+xml' })
    const filestack = await decodePixels(await request(`/resize=width:128/output=format:png/${handle}`))
    expect([filestack.width, filestack.corner('top right')]).toEqual([128, 'green'])
    const jobs = [{ destination: '/formats/batch.png', transformations: [{ type: 'resize', width: 32 }] }]
    expect(await ended(await create({ source: path, jobs }))).toMatchObject({ status: 'FINISHED', jobs: [{ status: 'FINISHED' }] })
    const large = [{ destination: '/formats/batch.png', transformations: [{ type: 'resize', width: 800 }] }]
    const failed = await ended(await create({ source: await upload('/formats/bomb.svg', bomb), jobs: large }))
    expect(failed.jobs[0]).toMatchObject({ status: 'FAILED', error: { code: 'too_many_pixels' } })
  })
})
