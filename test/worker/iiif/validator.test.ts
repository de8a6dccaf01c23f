import { beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT, ORIGIN, picture, request, SECRET_KEY, upload } from '../support/client.ts'
import { decodePixels, type Pixels } from '../support/pixels.ts'
import { SQUARE, squareColour, SQUARES } from '../support/squares.ts'

/** What the official validator of the IIIF checks (github.com/IIIF/image-validator, its list of tests), on a picture of our own. */

const SIDE = SQUARE * SQUARES
const IDENTIFIER = 'iiif%2Fsquares-1.jpg'
const base = (version: string): string => `/${ACCOUNT}/iiif/${version}/${IDENTIFIER}`
/** Both versions, and how each spells the whole picture in its own size. */
const VERSIONS = [
  ['2', 'full'],
  ['3', 'max'],
] as const

beforeAll(async () => void (await upload('/iiif/squares-1.jpg', picture('squares.jpg'))))

const get = (version: string, words: string): Promise<Response> => request(`${base(version)}/${words}`)
const pixels = async (version: string, words: string): Promise<Pixels> => decodePixels(await get(version, words))

/** Where square x, y lies in an answer, its middle in pixels; and that its colour is there. */
function expectSquare(shown: Pixels, [x, y]: readonly [number, number], at: readonly [number, number]): void {
  const found = shown.at(Math.floor(at[0]), Math.floor(at[1]))
  squareColour(x, y).forEach((value, i) => expect(Math.abs((found[i] ?? 0) - value), `square ${x},${y} at ${at.join()}`).toBeLessThan(6))
}

const SAMPLES: readonly (readonly [number, number])[] = [
  [0, 0],
  [9, 0],
  [3, 7],
  [6, 2],
  [9, 9],
]

/** Words whose answer shows the whole picture in this size. */
const SIZES: readonly (readonly [test: string, version: string, size: string, width: number, height: number])[] = [
  ['size_wc', '3', '200,', 200, 200],
  ['size_ch', '3', ',280', 280, 280],
  ['size_wh', '3', '240,320', 240, 320],
  ['size_percent', '3', 'pct:55', 220, 220],
  ['size_bwh', '3', '!260,340', 260, 260],
  ['size_up', '3', '^,520', 520, 520],
  ['size_noup', '3', '!2000,3000', SIDE, SIDE],
  ['size_wc', '2', '200,', 200, 200],
  ['size_ch', '2', ',280', 280, 280],
  ['size_wh', '2', '240,320', 240, 320],
  ['size_percent', '2', 'pct:55', 220, 220],
  ['size_bwh', '2', '!260,340', 260, 260],
  ['size_up', '2', ',520', 520, 520],
]

describe('sizes', () => {
  it.each(SIZES)('%s in %s: %s', async (_, version, size, width, height) => {
    const shown = await pixels(version, `full/${size}/0/default.png`)
    expect([shown.width, shown.height]).toEqual([width, height])
    for (const [x, y] of SAMPLES) expectSquare(shown, [x, y], [((x + 0.5) * width) / SQUARES, ((y + 0.5) * height) / SQUARES])
  })

  it('size_region: a region in another size', async () => {
    const shown = await pixels('3', `${4 * SQUARE},${5 * SQUARE},${SQUARE},${SQUARE}/20,/0/default.png`)
    expect([shown.width, shown.height]).toEqual([20, 20])
    expectSquare(shown, [4, 5], [10, 10])
  })
})

/** Regions that are one square, in whole and in percent. */
describe('regions', () => {
  it.each(['region_pixels', 'region_percent'])('%s', async (test) => {
    for (const [x, y] of SAMPLES) {
      const region = test === 'region_pixels' ? `${x * SQUARE},${y * SQUARE},${SQUARE},${SQUARE}` : `pct:${x * 10},${y * 10},10,10`
      for (const [version, whole] of VERSIONS) {
        const shown = await pixels(version, `${region}/${whole}/0/default.png`)
        expect([shown.width, shown.height]).toEqual([SQUARE, SQUARE])
        expectSquare(shown, [x, y], [SQUARE / 2, SQUARE / 2])
      }
    }
  })

  it('region_square of an oblong picture', async () => {
    await upload('/iiif/oblong.png', picture('photo.png'))
    for (const [version, whole] of VERSIONS) {
      const shown = await decodePixels(await request(`/${ACCOUNT}/iiif/${version}/iiif%2Foblong.png/square/${whole}/0/default.png`))
      expect([shown.width, shown.height]).toEqual([48, 48])
    }
  })
})

/** Where a square goes when the picture is mirrored and turned. */
const TURNS: Readonly<Record<string, (x: number, y: number) => readonly [number, number]>> = {
  '90': (x, y) => [9 - y, x],
  '180': (x, y) => [9 - x, 9 - y],
  '270': (x, y) => [y, 9 - x],
  '!0': (x, y) => [9 - x, y],
  '!180': (x, y) => [x, 9 - y],
}

describe('rotations', () => {
  it.each(Object.entries(TURNS))('rot_full_basic, rot_mirror, rot_mirror_180: %s', async (rotation, place) => {
    for (const [version, whole] of VERSIONS) {
      const shown = await pixels(version, `full/${whole}/${rotation}/default.png`)
      for (const [x, y] of SAMPLES) {
        const [across, down] = place(x, y)
        expectSquare(shown, [x, y], [(across + 0.5) * SQUARE, (down + 0.5) * SQUARE])
      }
    }
  })

  it('rot_region_basic and rot_region_non90', async () => {
    const region = `${2 * SQUARE},${6 * SQUARE},${SQUARE},${SQUARE}`
    expectSquare(await pixels('3', `${region}/max/90/default.png`), [2, 6], [SQUARE / 2, SQUARE / 2])
    const turned = await pixels('3', `${region}/max/45/default.png`)
    expect(turned.width).toBeGreaterThanOrEqual(Math.floor(SQUARE * Math.SQRT2))
    expectSquare(turned, [2, 6], [turned.width / 2, turned.height / 2])
  })

  it('rot_full_non90: the new corners are transparent', async () => {
    const shown = await pixels('3', 'full/200,/30/default.png')
    expect([shown.at(0, 0)[3], shown.at(shown.width / 2, shown.height / 2)[3]]).toEqual([0, 255])
  })
})

describe('qualities', () => {
  it.each(VERSIONS)('quality_color, quality_grey and quality_bitonal in %s', async (version, whole) => {
    expectSquare(await pixels(version, `full/${whole}/0/color.png`), [3, 7], [3.5 * SQUARE, 7.5 * SQUARE])
    const [gray, bitonal] = [await pixels(version, `full/${whole}/0/gray.png`), await pixels(version, `full/${whole}/0/bitonal.png`)]
    const tones = new Set<number>()
    for (let i = 0; i < SQUARES * SQUARES; i++) {
      const at = [((i % SQUARES) + 0.5) * SQUARE, (Math.floor(i / SQUARES) + 0.5) * SQUARE] as const
      const [red, green, blue] = gray.at(...at)
      expect([green, blue]).toEqual([red, red])
      const [tone = -1, second, third] = bitonal.at(...at)
      expect([second, third]).toEqual([tone, tone])
      tones.add(tone)
    }
    expect([...tones].toSorted((a, b) => a - b)).toEqual([0, 255])
  })
})

describe('formats', () => {
  it.each([
    ['jpg', 'image/jpeg', [0xff, 0xd8, 0xff]],
    ['png', 'image/png', [0x89, 0x50, 0x4e]],
    ['webp', 'image/webp', [0x52, 0x49, 0x46]],
    ['gif', 'image/gif', [0x47, 0x49, 0x46]],
  ])('format_%s', async (format, mime, magic) => {
    const answer = await get('3', `full/80,/0/default.${format}`)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, mime])
    expect([...new Uint8Array(await answer.arrayBuffer()).subarray(0, 3)]).toEqual(magic)
  })
})

describe('errors', () => {
  it.each([
    ['format_tif', 'full/max/0/default.tif', 400],
    ['format_jp2', 'full/max/0/default.jp2', 400],
    ['format_pdf', 'full/max/0/default.pdf', 400],
    ['format_error_random', 'full/max/0/default.aX2', 400],
    ['quality_error_random', 'full/max/0/Qz;_1.jpg', 400],
    ['region_error_random', 'Qz;_1P/max/0/default.jpg', 400],
    ['size_error_random', 'full/Qz;_1P/0/default.jpg', 400],
    ['rot_error_random', 'full/max/Qz;_/default.jpg', 400],
    ['size_noup', 'full/1500,1500/0/default.jpg', 400],
    ['size_noup', 'full/,1500/0/default.jpg', 400],
    ['size_noup', 'full/1500,/0/default.jpg', 400],
    ['size_noup', 'full/pct:200/0/default.jpg', 400],
    ['size_nofull', 'full/full/0/default.jpg', 400],
  ])('%s: %s is %i', async (_, words, status) => {
    const answer = await get('3', words)
    expect([answer.status, await answer.json()]).toEqual([
      status,
      { error: { code: expect.any(String) as string, message: expect.any(String) as string, field: expect.any(String) as string } },
    ])
  })

  it.each([
    ['id_error_escapedslash', 'a/b/full/max/0/default.jpg', 404],
    ['id_error_random', 'Zq;[_9:tP/full/max/0/default.jpg', 404],
    ['id_error_random', 'Zq;[_9:tP/info.json', 404],
    ['id_error_unescaped', '[frob]/full/max/0/default.jpg', 404],
    ['no account', '', 404],
  ])('%s: %s is %i', async (_, rest, status) => {
    const account = rest === '' ? 'Nob1dy1' : ACCOUNT
    expect((await request(`/${account}/iiif/3/${rest === '' ? 'a.jpg/info.json' : rest}`)).status).toBe(status)
  })

  it('of another method and an unknown parameter', async () => {
    expect((await request(`${base('3')}/info.json`, { method: 'POST' })).status).toBe(405)
    expect(await (await get('3', 'full/max/0/default.jpg?w=5')).json()).toMatchObject({ error: { code: 'unknown_parameter', field: 'w' } })
  })
})

describe('information', () => {
  const LIMITS = { maxWidth: 12_000, maxArea: 100_000_000 }
  const SHARED = { width: SIDE, height: SIDE, protocol: 'http://iiif.io/api/image', sizes: [{ width: SIDE, height: SIDE }] }
  const TILES = [{ width: 512, height: 512, scaleFactors: [1] }]

  it('info_json of 3.0', async () => {
    const answer = await request(`${base('3')}/info.json`)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([
      200,
      'application/ld+json;profile="http://iiif.io/api/image/3/context.json"',
    ])
    expect(await answer.json()).toEqual({
      ...SHARED,
      ...LIMITS,
      '@context': 'http://iiif.io/api/image/3/context.json',
      id: ORIGIN + base('3'),
      type: 'ImageService3',
      profile: 'level2',
      tiles: TILES,
      extraFormats: ['webp', 'gif'],
      extraQualities: ['color', 'gray', 'bitonal'],
      extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
    })
  })

  it('info_json of 2.1', async () => {
    const answer = await request(`${base('2')}/info.json`)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(answer.headers.get('Link')).toContain('<http://iiif.io/api/image/2/context.json>;rel="http://www.w3.org/ns/json-ld#context"')
    expect(await answer.json()).toEqual({
      ...SHARED,
      '@context': 'http://iiif.io/api/image/2/context.json',
      '@id': ORIGIN + base('2'),
      tiles: TILES,
      profile: [
        'http://iiif.io/api/image/2/level2.json',
        {
          ...LIMITS,
          formats: ['webp', 'gif'],
          qualities: ['color', 'gray', 'bitonal'],
          supports: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'regionSquare', 'rotationArbitrary', 'sizeAboveFull'],
        },
      ],
    })
  })

  it.each([
    ['2', 'application/ld+json', 'application/ld+json'],
    ['3', 'application/ld+json', 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'],
    ['3', '*/*', 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'],
    ['3', 'application/json', 'application/json'],
  ])('jsonld: of %s for %s is %s', async (version, accept, mime) => {
    const answer = await request(`${base(version)}/info.json`, { headers: { Accept: accept } })
    expect([answer.headers.get('Content-Type'), answer.headers.get('Vary')]).toEqual([mime, 'Accept'])
  })

  it('is not sent again to who has it', async () => {
    const first = await request(`${base('3')}/info.json`)
    const etag = first.headers.get('ETag') ?? ''
    const again = await request(`${base('3')}/info.json`, { headers: { 'If-None-Match': etag } })
    expect([again.status, again.headers.get('ETag')]).toEqual([304, etag])
  })
})

describe('HTTP', () => {
  it.each(VERSIONS)('baseurl_redirect in %s', async (version) => {
    for (const end of ['', '/']) {
      const answer = await request(base(version) + end, { redirect: 'manual' })
      expect([answer.status, answer.headers.get('Location')]).toEqual([303, `${ORIGIN}${base(version)}/info.json`])
    }
  })

  it('cors: every site may read the answers and their links', async () => {
    const answer = await request(`${base('3')}/info.json`, { headers: { Origin: 'https://viewer.example' } })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('Access-Control-Expose-Headers')).toMatch(/(^|, ?)Link(,|$)/)
    expect((await get('3', 'full/80,/0/default.jpg')).headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  it('linkheader_canonical and linkheader_profile', async () => {
    expect((await get('3', 'full/pct:50/360/color.jpg')).headers.get('Link')).toBe(
      `<${ORIGIN}${base('3')}/full/200,200/0/default.jpg>;rel="canonical", <http://iiif.io/api/image/3/level2.json>;rel="profile"`,
    )
    expect((await get('2', 'full/pct:50/360/color.jpg')).headers.get('Link')).toBe(
      `<${ORIGIN}${base('2')}/full/200,/0/default.jpg>;rel="canonical", <http://iiif.io/api/image/2/level2.json>;rel="profile"`,
    )
  })

  it('id_basic, id_escaped and id_squares: one picture has one answer, however its identifier is escaped', async () => {
    const [plain, escaped] = [
      await get('3', 'full/max/0/default.jpg'),
      await request(`/${ACCOUNT}/iiif/3/iiif%2fsquares%2D1%2Ejpg/full/max/0/default.jpg`),
    ]
    expect(escaped.headers.get('ETag')).toBe(plain.headers.get('ETag'))
    expect(escaped.headers.get('Link')).toBe(plain.headers.get('Link'))
    expectSquare(await decodePixels(plain), [6, 2], [6.5 * SQUARE, 2.5 * SQUARE])
  })

  it('equal wishes of an image URL have the same result', async () => {
    const tile = await get('3', `40,80,120,160/60,80/0/default.jpg`)
    const other = await request(
      `/${ACCOUNT}/image/iiif/squares-1.jpg?f=jpg&crop-x=40&crop-y=80&crop-w=120&crop-h=160&w=60&h=80&fit=stretch`,
    )
    expect([other.headers.get('ETag'), other.headers.get('Emulsion-Cache')]).toEqual([tile.headers.get('ETag'), 'edge'])
    expect(Buffer.from(await other.arrayBuffer()).equals(Buffer.from(await tile.arrayBuffer()))).toBe(true)
  })

  it('a wish is explained to the holder of a key', async () => {
    const body = JSON.stringify({ url: `${base('3')}/40,80,120,160/60,80/0/default.jpg` })
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${SECRET_KEY}` }
    const told = (await (await request('/-/explain', { method: 'POST', headers, body })).json()) as Record<string, unknown>
    expect(told).toMatchObject({
      dialect: 'iiif',
      account: ACCOUNT,
      spellings: {
        iiif: { url: `${base('3')}/40,80,120,160/^60,80/0/default.jpg` },
        bytescale: { url: expect.stringContaining('crop-x=40') as string },
      },
    })
    expect((await request(`${base('3')}/full/max/0/default.jpg?explain=true`)).status).toBe(401)
  })
})
