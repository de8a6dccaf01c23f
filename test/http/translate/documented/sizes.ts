import type { ServiceName } from '../../../../src/http/translate/translate.ts'
import { piecesOf } from './pieces.ts'

/** An oracle of its own: what a URL makes of a picture of 4000×3000, by the rules of the service's pages. */

type Size = readonly [width: number, height: number]
type Given = Readonly<Record<string, string>>

const SOURCE: Size = [4000, 3000]
const turn = ([w, h]: Size): Size => [h, w]
const times = ([w, h]: Size, factor: number): Size => [w * factor, h * factor]

/** One side follows the other. */
function follow([W, H]: Size, w: number | undefined, h: number | undefined): Size {
  return [w ?? (h === undefined ? W : (h * W) / H), h ?? (w === undefined ? H : (w * H) / W)]
}

/** Wholly inside of a box; may it grow? */
function inside([W, H]: Size, [w, h]: readonly [number | undefined, number | undefined], grows: boolean): Size {
  const scale = Math.min((w ?? Infinity) / W, (h ?? Infinity) / H, grows ? Infinity : 1)
  return Number.isFinite(scale) ? [W * scale, H * scale] : [W, H]
}

/** The largest part with an aspect ratio. */
const part = ([W, H]: Size, ratio: number): Size => (W / H > ratio ? [H * ratio, H] : [W, W / ratio])

const num = (text: string | undefined): number | undefined =>
  text === undefined || !/^[\d.]+$/.test(text) || Number(text) === 0 ? undefined : Number(text)
const ratioOf = (text: string | undefined): number | undefined => {
  const [across, down = '1'] = (text ?? '').split(/[:_-]/)
  return num(across) === undefined ? undefined : Number(across) / Number(down)
}
/** Below 1, with a point, a share. */
const share = (text: string | undefined, of: number): number | undefined => {
  const value = num(text)
  return value !== undefined && value <= 1 && text?.includes('.') ? value * of : value
}

const given = (pieces: readonly string[], separator: string): Given =>
  Object.fromEntries(
    pieces.map((piece) => {
      const at = piece.indexOf(separator)
      return at < 0 ? [piece, ''] : [piece.slice(0, at), decodeURIComponent(piece.slice(at + 1))]
    }),
  )

function cloudflare(url: string): Size | null {
  const o = given(piecesOf('cloudflare', url), '=')
  let size = SOURCE
  if (o['trim']) {
    const [top = 0, right = 0, bottom = 0, left = 0] = o['trim'].split(';').map(Number)
    size = [size[0] - left - right, size[1] - top - bottom]
  }
  size = [num(o['trim.width']) ?? size[0] - (num(o['trim.left']) ?? 0), num(o['trim.height']) ?? size[1] - (num(o['trim.top']) ?? 0)]
  if (/^(90|270)$/.test(o['rotate'] ?? '')) size = turn(size)
  const [w, h] = [num(o['width'] ?? o['w']), num(o['height'] ?? o['h'])]
  if (w === undefined && h === undefined) return size
  const fit = o['fit'] ?? 'scale-down'
  const dpr = num(o['dpr']) ?? 1
  if (fit === 'scale-down') return times(inside(size, [w, h], false), dpr)
  return times(fit === 'contain' ? inside(size, [w, h], true) : follow(size, w, h), dpr)
}

function imgix(url: string): Size | null {
  const o = given(piecesOf('imgix', url), '=')
  const [, , rw, rh] = (o['rect'] ?? '').split(',').map(num)
  const source: Size = rw !== undefined && rh !== undefined ? [rw, rh] : SOURCE
  const dpr = num(o['dpr']) ?? 1
  const ratio = ratioOf(o['ar'])
  let [w, h] = [share(o['w'], source[0]), share(o['h'], source[1])]
  const fit = o['fit'] ?? 'clip'
  if (ratio !== undefined && fit === 'crop') {
    if (w === undefined && h === undefined) return part(source, ratio)
    ;[w, h] = [w ?? (h ?? 0) * ratio, h ?? (w ?? 0) / ratio]
  }
  if (fit === 'clip') return times(inside(source, [w, h], true), dpr)
  if (fit === 'max') return times(inside(source, [w, h], false), dpr)
  const [width, height] = follow(source, w, h)
  return times([Math.min(width, num(o['max-w']) ?? Infinity), Math.min(height, num(o['max-h']) ?? Infinity)], dpr)
}

function cloudinary(url: string): Size | null {
  const chain = /\/(?:upload|fetch)\/((?:\$?[a-z]{1,3}_[^/]+\/)+)/.exec(url)?.[1]?.split('/').filter(Boolean) ?? []
  let size = SOURCE
  for (const component of chain) {
    const o = given(component.split(','), '_')
    if (o['l'] !== undefined || o['u'] !== undefined) continue
    if (o['a'] !== undefined && o['a'] !== 'auto') return null
    const [w, h] = [share(o['w'], size[0]), share(o['h'], size[1])]
    if (w === undefined && h === undefined) continue
    const mode = o['c'] ?? 'scale'
    const limits = mode === 'limit'
    if (mode === 'fit' || limits) size = inside(size, [w, h], !limits)
    else if (mode === 'crop') size = [w ?? size[0], h ?? size[1]]
    else size = follow(size, w, h)
  }
  return size
}

function imgproxy(url: string): Size | null {
  const o = given(piecesOf('imgproxy', url), ':')
  let size = SOURCE
  if (o['crop'] !== undefined) {
    const [w, h] = o['crop'].split(':')
    size = [share(w, size[0]) ?? size[0], share(h, size[1]) ?? size[1]]
    const ratio = num(o['crop_ar'])
    if (ratio !== undefined) size = part(size, ratio)
  }
  const [type, ...sides] = (o['resize'] ?? `${o['resizing_type'] ?? 'fit'}:${o['size'] ?? ''}`).split(':')
  const [w, h, grows] = [num(o['width'] ?? o['w'] ?? sides[0]), num(o['height'] ?? o['h'] ?? sides[1]), (o['enlarge'] ?? sides[2]) === '1']
  const dpr = w === undefined && h === undefined ? 1 : (num(o['dpr']) ?? 1)
  size = times(type === 'fill' && w !== undefined && h !== undefined ? [w, h] : inside(size, [w, h], grows), dpr)
  const [top, right = top, bottom = top, left = right] = (o['padding'] ?? '0').split(':').map(Number)
  return [size[0] + (left ?? 0) + (right ?? 0), size[1] + (top ?? 0) + (bottom ?? 0)]
}

function imagekit(url: string): Size | null {
  const text = decodeURIComponent(/(?:\/tr:|[?&]tr=)([^/&]+)/.exec(url)?.[1] ?? '')
  let size = SOURCE
  for (const step of text.split(':')) {
    const o = given(step.replace(/,l-.*?l-end/, '').split(','), '-')
    if (o['b'] !== undefined) return null
    const side = (written: string | undefined): number | undefined => {
      const [, of, how, by = '1'] = /^i([wh])_(mul|div)_([\d.]+)$/.exec(written ?? '') ?? []
      if (of === undefined) return num(written)
      return (of === 'w' ? SOURCE[0] : SOURCE[1]) * (how === 'div' ? 1 / Number(by) : Number(by))
    }
    size = times(follow(size, side(o['w']), side(o['h'])), num(o['dpr']) ?? 1)
    if (o['rt'] === '90') size = turn(size)
  }
  return size
}

function ipx(url: string): Size | null {
  const o = given(piecesOf('ipx', url), '_')
  if (o['trim'] !== undefined || o['rotate'] !== undefined) return null
  const [across, down] = (o['s'] ?? '').split('x').map(num)
  const [w, h] = [num(o['w'] ?? o['width']) ?? across, num(o['h'] ?? o['height']) ?? down]
  if (o['fit'] !== 'outside' || w === undefined || h === undefined) return follow(SOURCE, w, h)
  return times(SOURCE, Math.max(w / SOURCE[0], h / SOURCE[1]))
}

function thumbor(url: string): Size | null {
  const [, path = ''] = url.split('/unsafe/')
  const cut = /(\d+)x(\d+):(\d+)x(\d+)\//.exec(path)?.slice(1).map(Number)
  const source: Size = cut ? [(cut[2] ?? 0) - (cut[0] ?? 0), (cut[3] ?? 0) - (cut[1] ?? 0)] : SOURCE
  const [, w, h] = /(?:^|\/)-?(\d+)x-?(\d+)(?=\/)/.exec(path.replace(/\d+x\d+:\d+x\d+\//, '')) ?? []
  const box = [num(w), num(h)] as const
  const fits = path.includes('fit-in/') && !/filters:.*fill\(/.test(path)
  const size = fits ? inside(source, box, false) : follow(source, ...box)
  const share = num(/proportion\(([\d.]+)\)/.exec(path)?.[1]) ?? 1
  return times(/rotate\((90|270)\)/.test(path) ? turn(size) : size, share)
}

const NAMED: Readonly<Record<string, number>> = {
  pico: 16,
  icon: 32,
  thumb: 50,
  small: 100,
  compact: 160,
  medium: 240,
  large: 480,
  grande: 600,
}

function shopify(url: string): Size | null {
  const o = given(piecesOf('shopify', url), '=')
  const [, size = '', cut] = /_(\d*x\d*|[a-z]+)(_crop_\w+)?(?:@\dx)?\.\w+(?:\?|$)/.exec(url) ?? []
  const [across, down] = NAMED[size] === undefined ? size.split('x').map(num) : [NAMED[size], NAMED[size]]
  const box = [num(o['width']) ?? across, num(o['height']) ?? down] as const
  return o['crop'] !== undefined || cut !== undefined ? follow(SOURCE, ...box) : inside(SOURCE, box, false)
}

function uploadcare(url: string): Size | null {
  let size = SOURCE
  for (const piece of piecesOf('uploadcare', url)) {
    const [name, text = ''] = piece.split('/')
    const [w, h] = text.split('x')
    const length = (written: string | undefined, of: number): number | undefined =>
      written?.endsWith('p') ? (of * Number.parseInt(written, 10)) / 100 : num(written)
    if (name === 'preview') size = inside(size, text === '' ? [2048, 2048] : [num(w), num(h)], false)
    else if (name === 'crop' && text.includes(':')) size = part(size, ratioOf(text) ?? 1)
    else if (name === 'crop') size = [length(w, size[0]) ?? size[0], length(h, size[1]) ?? size[1]]
    else if (name === 'resize' || name === 'scale_crop' || name === 'smart_resize') size = follow(size, num(w), num(h))
  }
  return size
}

const ORACLES: Readonly<Record<ServiceName, (url: string) => Size | null>> = {
  cloudflare,
  cloudinary,
  imagekit,
  imgix,
  imgproxy,
  ipx,
  shopify,
  thumbor,
  uploadcare,
}

/** `null` where it depends on what the picture shows, or the pages do not say it. */
export const sizeOf = (service: ServiceName, url: string): Size | null => ORACLES[service](url)
