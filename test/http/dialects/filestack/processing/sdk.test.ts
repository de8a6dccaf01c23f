import { Filelink } from 'filestack-js'
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../../../../src/http/dialects/filestack/processing/address.ts'
import { TASKS } from '../../../../../src/http/dialects/filestack/processing/tasks.ts'
import { planOf, readWish, type Wish } from '../../../../../src/http/dialects/filestack/processing/wish.ts'
import { canonical } from '../../../../../src/image/plan.ts'

const HANDLE = 'AbCdEfGhIjKlMnOpQr12'
const OTHER = 'ZZZdEfGhIjKlMnOpQr12'
const KEY = 'AppKey'

function read(address: string): { readonly wish: Wish; readonly source: unknown } {
  const { pathname, search } = new URL(address)
  const { tasks, source } = readAddress(
    pathname,
    search,
    (text) => text === KEY,
    () => true,
  )
  return { wish: readWish(tasks, TASKS), source }
}
const planText = (wish: Wish): string => canonical(planOf(wish, (handle) => `/${handle}`, undefined))

/** Tasks as the SDK's own schema allows them. */
const WISHES: readonly (readonly [name: string, params?: object])[] = [
  ['resize', { width: 100, height: 50, fit: 'crop', align: ['top', 'left'] }],
  ['resize', { width: 100, height: 50, fit: 'max', align: 'center' }],
  ['crop', { dim: [1, 2, 30, 40] }],
  ['rotate', { deg: 45, background: 'FF8800' }],
  ['rotate', { deg: 'exif' }],
  ['flip'],
  ['flop'],
  ['watermark', { file: OTHER, size: 50, position: ['top', 'right'] }],
  ['blur', { amount: 5 }],
  ['sharpen', { amount: 5 }],
  ['sepia', { tone: 50 }],
  ['blackwhite', { threshold: 40 }],
  ['monochrome'],
  ['negative'],
  ['enhance', { preset: 'outdoor' }],
  ['modulate', { brightness: 120, hue: 90, saturation: 50 }],
  ['pixelate', { amount: 10 }],
  ['oil_paint', { amount: 4 }],
  ['rounded_corners', { radius: 30, blur: 0.5, background: 'red' }],
  ['circle', { background: 'transparent' }],
  ['border', { width: 4, color: 'black', background: 'white' }],
  ['vignette', { amount: 40, blurmode: 'linear', background: 'F00' }],
  ['shadow', { blur: 5, opacity: 40, vector: [-4, 8], color: 'black', background: 'white' }],
  ['polaroid', { rotate: 10, color: 'snow', background: 'white' }],
  ['torn_edges', { spread: [2, 8], background: 'white' }],
  [
    'partial_blur',
    {
      objects: [
        [1, 2, 30, 40],
        [5, 6, 7, 8],
      ],
      amount: 4,
      blur: 2,
      type: 'oval',
    },
  ],
  ['partial_pixelate', { objects: [[1, 2, 30, 40]], amount: 10, blur: 2, type: 'rect' }],
  ['smart_crop', { width: 50, height: 40, mode: 'auto' }],
  ['upscale', { upscale: true, noise: 'none', style: 'photo' }],
  ['collage', { files: [OTHER], width: 200, height: 100, margin: 5, color: 'white', fit: 'crop', autorotate: true }],
  ['output', { format: 'png', page: 1, density: 70, compress: true, quality: 80, strip: true, colorspace: 'rgb', background: 'white' }],
  ['pjpg', { quality: 70, metadata: true }],
  ['quality', { value: 40 }],
  ['compress', { metadata: true }],
  ['no_metadata'],
  ['auto_image'],
  ['cache', { expiry: 60 }],
  ['store', { filename: 'a,b.png', path: 'x/y/', container: 'default', access: 'private', location: 's3' }],
  ['security', { policy: 'eyJ4IjoxfQ==', signature: 'ab' }],
  ['fallback', { handle: OTHER, cache: 12 }],
]

describe('what the SDK writes is read, in both its forms alike', () => {
  it.each(WISHES.map(([name, params]) => ({ name, params })))('$name $params', ({ name, params }) => {
    const link = (isBase64: boolean): string =>
      new Filelink(HANDLE, KEY)
        .setUseValidator(false)
        .setBase64(isBase64)
        .addTask(name, params as never)
        .toString()
    const [text, base64] = [read(link(false)), read(link(true))]
    expect(text.source).toEqual({ kind: 'handle', handle: HANDLE })
    expect(base64.source).toEqual(text.source)
    expect(planText(base64.wish)).toBe(planText(text.wish))
    const { steps: _one, ...rest } = text.wish
    const { steps: _two, ...other } = base64.wish
    expect(other).toEqual(rest)
  })
  it('cache=false, and a source elsewhere with a comma', () => {
    const source = 'https://example.org/a,b.jpg?x=1'
    for (const isBase64 of [false, true]) {
      const { wish, source: found } = read(new Filelink(source, KEY).setBase64(isBase64).cache(false).flip().toString())
      expect([wish.cache, found]).toEqual([{ use: false }, { kind: 'url', url: source }])
    }
  })
})
