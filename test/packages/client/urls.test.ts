import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { densitySrcset, imageUrl, picture, signUrl, srcset } from '../../../packages/client/src/index.ts'
import { formattedParameters, PARAMETERS } from '../../../scripts/packages/build-client.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { step } from '../../../src/image/plan.ts'

const HERE = { url: 'https://images.example.com', account: 'Emu1s1n' }

it('the types of parameters are those of the parser', async () => {
  expect(readFileSync(PARAMETERS, 'utf8')).toBe(await formattedParameters())
})

describe('imageUrl', () => {
  it.each([
    ['/a.jpg', {}, '/image/a.jpg'],
    ['/a b/ü?#.jpg', { w: 10 }, '/image/a%20b/%C3%BC%3F%23.jpg?w=10'],
    ['/a.jpg', { f: 'webp', q: 'auto:high', flip: true }, '/image/a.jpg?f=webp&q=auto:high&flip=true'],
    ['/a.jpg', { w: undefined, h: 5 }, '/image/a.jpg?h=5'],
  ] as const)('of %s with %j', (path, wish, url) => {
    expect(imageUrl(HERE, path, wish)).toBe(`https://images.example.com/Emu1s1n${url}`)
  })

  it('is read by the service as it was meant, layers in their order', () => {
    const url = imageUrl(HERE, '/a.jpg', {
      w: 100,
      layers: [
        { text: 'a & b = c+d', gravity: 'top' },
        { image: '/logo 1.png', 'layer-opacity': 50 },
      ],
    })
    expect(parseImageQuery([...new URL(url).searchParams]).plan.steps).toEqual([
      step('resize', { width: 100, fit: 'inside', enlarge: true, reduce: true }),
      step('text', { text: 'a & b = c+d', size: 40, position: 'top', x: 0, y: 0 }),
      step('composite', { path: '/logo 1.png', position: 'center', x: 0, y: 0, opacity: 0.5 }),
    ])
  })

  it('refuses a path that begins with no slash', () => {
    expect(() => imageUrl(HERE, 'a.jpg')).toThrow('Expected a path that begins with "/", received "a.jpg".')
  })
})

describe('responsive pictures', () => {
  it('keep the ratio of a frame at all widths', () => {
    const base = 'https://images.example.com/Emu1s1n/image/a.jpg'
    expect(srcset(HERE, '/a.jpg', { w: 200, h: 100, fit: 'crop' }, [100, 400])).toBe(
      `${base}?w=100&h=50&fit=crop 100w, ${base}?w=400&h=200&fit=crop 400w`,
    )
    expect(densitySrcset(HERE, '/a.jpg', { w: 50 }, [1, 2])).toBe(`${base}?w=50&dpr=1 1x, ${base}?w=50&dpr=2 2x`)
  })

  it('are HTML in which nothing ends an attribute', () => {
    const html = picture(HERE, '/a.jpg', {}, { alt: '"><script>', formats: ['webp', 'jpeg'], widths: [100], width: 10, height: 5 })
    expect(html).toBe(
      '<picture><source type="image/webp" srcset="https://images.example.com/Emu1s1n/image/a.jpg?w=100&#38;f=webp 100w" sizes="100vw">' +
        '<img src="https://images.example.com/Emu1s1n/image/a.jpg?f=jpeg&#38;w=100" srcset="https://images.example.com/Emu1s1n/image/a.jpg?w=100&#38;f=jpeg 100w"' +
        ' sizes="100vw" alt="&#34;&#62;&#60;script&#62;" loading="lazy" width="10" height="5"></picture>',
    )
  })
})

describe('signUrl', () => {
  const secureUrlKey = Buffer.alloc(32, 7).toString('base64')

  it('signs host, path and query as the documentation says', async () => {
    const unsigned = 'images.example.com/Emu1s1n/image/a.jpg?w=800&exp=1060'
    const signature = createHmac('sha256', Buffer.from(secureUrlKey, 'base64')).update(unsigned).digest('base64url')
    const signed = await signUrl('https://images.example.com/Emu1s1n/image/a.jpg?w=800', { id: 'backend', secureUrlKey }, 60, 1_000_000)
    expect(signed).toBe(`https://${unsigned}&sig=1.backend.${signature}`)
  })

  it.each([
    [secureUrlKey, 'https://a/b', 0, 'Expected 1 to 604800 seconds, received 0.'],
    ['AAAA', 'https://a/b', 60, 'received 3 bytes'],
    [secureUrlKey, 'https://a/b?exp=1', 60, 'Expected a URL without "sig", "exp" and "enc".'],
  ])('refuses %s, %s, %i', async (key, url, seconds, message) => {
    await expect(signUrl(url, { id: 'k', secureUrlKey: key }, seconds)).rejects.toThrow(message)
  })
})
