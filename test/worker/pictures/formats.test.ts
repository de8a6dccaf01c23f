import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'
import { decodePixels } from '../support/pixels.ts'

const send = (path: string, query = ''): Promise<Response> => request(`/${ACCOUNT}/image${path}${query}`)

describe.each([
  ['avif', 'image/jpeg'],
  ['bmp', 'image/jpeg'],
  ['gif', 'image/png'],
  ['ico', 'image/png'],
  ['svg', 'image/png'],
  ['tiff', 'image/jpeg'],
])('a picture in %s', (format, mime) => {
  it('is read, becomes what is written, and can be turned', async () => {
    const path = await upload(`/formats/photo.${format}`, picture(`photo.${format}`))
    const whole = await send(path)
    expect(whole.headers.get('Content-Type')).toBe(mime)
    const shown = await decodePixels(whole)
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

  it('is no format of results', async () => {
    const path = await upload(`/formats/photo.${format}`, picture(`photo.${format}`))
    expect(await (await send(path, `?f=${format}`)).json()).toMatchObject({ error: { code: 'invalid_parameter', details: { field: 'f' } } })
  })
})
