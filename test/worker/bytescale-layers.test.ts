import { beforeAll, describe, expect, it } from 'vitest'
import FONT from '../../src/image/fonts/serif-bold.ttf'
import { ACCOUNT, errorOf, picture, request, upload } from './support/client.ts'
import { decodePixels } from './support/pixels.ts'

const image = (pathAndQuery: string, headers: Record<string, string> = {}) => request(`/${ACCOUNT}/image${pathAndQuery}`, { headers })

/** Quadrants of 32×24: red and green above, blue and white below. */
beforeAll(async () => {
  await upload('/photo.png', picture('photo.png'))
  await upload('/logo.png', picture('half-transparent.png'))
  await upload('/example/fonts/Lobster.ttf', new Uint8Array(FONT))
})

describe('layers', () => {
  it('draws text in bundled fonts and in one of the storage', async () => {
    const query = 'w=300&h=200&fit=stretch&f=png&text=WWW&font-size=80&color=000000'
    const [bundled, own, none] = await Promise.all(
      ['', '&font=/example/fonts/Lobster.ttf', '&layer-opacity=0'].map(
        async (more) => new Uint8Array(await (await image(`/photo.png?${query}${more}`)).arrayBuffer()),
      ),
    )
    expect(bundled).not.toEqual(own)
    expect(bundled).not.toEqual(none)
    const pixels = await decodePixels(await image(`/photo.png?${query}`))
    expect([pixels.width, pixels.height]).toEqual([300, 200])
  })

  it('draws an image where it is told, and 404s with its path when it is not there', async () => {
    const pixels = await decodePixels(await image('/photo.png?f=png&image=/logo.png&layer-w=10&gravity=bottom-right&padding=2'))
    // Half a red over white.
    expect(pixels.at(55, 43)).toEqual([255, expect.closeTo(127, -1), expect.closeTo(127, -1), 255])
    expect(pixels.at(45, 43)).toEqual([255, 255, 255, 255])
    const missing = await image('/photo.png?image=/nowhere.png')
    expect([missing.status, (await errorOf(missing)).details?.field]).toEqual([404, '/nowhere.png'])
  })

  it('makes another result when a layer’s file changes', async () => {
    await upload('/mark.png', picture('half-transparent.png'))
    const first = await image('/photo.png?f=png&image=/mark.png&cache=false')
    await upload('/mark.png', picture('photo.png'))
    const second = await image('/photo.png?f=png&image=/mark.png&cache=false')
    expect(second.headers.get('ETag')).not.toBe(first.headers.get('ETag'))
  })

  it('refuses a font that is none', async () => {
    await upload('/not-a-font.ttf', 'just text')
    const response = await image('/photo.png?text=Hi&font=/not-a-font.ttf')
    expect([response.status, (await errorOf(response)).details?.field]).toEqual([400, 'font'])
  })
})

describe('.crop files', () => {
  it('show the image that they name, cut', async () => {
    const crop = {
      inputPath: 'photo.png',
      pipeline: {
        steps: [{ type: 'crop', geometry: { offset: { x: 32, y: 0 }, size: { width: 32, height: 24, type: 'widthxheight!' } } }],
      },
    }
    await upload('/photo.png.crop', JSON.stringify(crop), { 'Content-Type': 'application/json' })
    const pixels = await decodePixels(await image('/photo.png.crop?f=png'))
    expect([pixels.width, pixels.height, pixels.at(5, 5)]).toEqual([32, 24, [0, 255, 0, 255]])
    const smaller = await decodePixels(await image('/photo.png.crop?f=png&w=8'))
    expect([smaller.width, smaller.height]).toEqual([8, 6])
  })
})

describe('f2', () => {
  it('answers by what the client shows, and says so', async () => {
    const [modern, old] = await Promise.all([
      image('/photo.png?f=webp&f2=jpeg', { Accept: 'image/webp,*/*' }),
      image('/photo.png?f=webp&f2=jpeg', { Accept: 'image/png,image/*;q=0.8' }),
    ])
    expect([modern.headers.get('Content-Type'), old.headers.get('Content-Type')]).toEqual(['image/webp', 'image/jpeg'])
    expect(modern.headers.get('Vary')).toContain('Accept')
  })
})
