import type { Position } from '../../../image/geometry.ts'
import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileAt } from '../source.ts'
import { autoFormat, colour, decimalOf, effect, format, never, number, oneOf, quality, setOutput } from '../values.ts'
import { imagekitLayer } from './layers.ts'
import { EXPIRES, near, radius, SIGNED, smart, sideOf } from './near.ts'

const HOST = /(^|\.)imagekit\.io$/

const FOCUSES: Readonly<Record<string, Position>> = {
  center: 'center',
  top: 'top',
  left: 'left',
  bottom: 'bottom',
  right: 'right',
  top_left: 'top-left',
  top_right: 'top-right',
  bottom_left: 'bottom-left',
  bottom_right: 'bottom-right',
}

const focus: Word = (text, sheet) => {
  const position = FOCUSES[text]
  if (position) return void (sheet.position = position)
  if (text === 'auto') return smart(sheet)
  return text === 'face' ? smart(sheet, 'Faces are found by colours of skin alone.') : lost('It is no place that is known here.')
}

/** Pixels, shares, or a side of the file that is multiplied or divided. */
const side =
  (name: 'width' | 'height'): Word =>
  (text, sheet) => {
    const [, of, how, number = '1'] = /^i([wh])(?:_(mul|div)_(\d{1,4}(?:\.\d{1,4})?))?$/.exec(text) ?? []
    const factor = Number(number)
    if (of === undefined || factor === 0) return sideOf(name)(text, sheet)
    sheet[name] = { percent: 100 * (how === 'div' ? 1 / factor : factor), of: of === 'w' ? 'width' : 'height' }
    return undefined
  }

const crop: Word = oneOf({
  maintain_ratio: (sheet) => void (sheet.fit = 'crop'),
  force: (sheet) => void (sheet.fit = 'stretch'),
  at_max: (sheet) => void (sheet.fit = 'shrink'),
  at_max_enlarge: (sheet) => void (sheet.fit = 'max'),
  at_least: (sheet) => void (sheet.fit = 'shrink-cover'),
})
const mode: Word = oneOf({
  pad_resize: (sheet) => void (sheet.fit = 'pad'),
  extract: (sheet) => void (sheet.window = {}),
  pad_extract: (sheet) => {
    sheet.window = {}
    return differs('What lies outside of the picture is not padded.')
  },
})

const offset = (name: 'x' | 'y'): Word =>
  number(0, 100_000, (value, sheet) => (sheet.window ? void (sheet.window[name] = value) : lost('Offsets are of an extraction alone.')))
const flip: Word = oneOf({
  h: (sheet) => void (sheet.flop = true),
  v: (sheet) => void (sheet.flip = true),
  h_v: (sheet) => void ([sheet.flip, sheet.flop] = [true, true]),
})
const isTrue: Word = oneOf({ true: () => undefined, false: () => undefined })

const aspect: Word = (text, sheet) => {
  const [across, down] = text.split(/[-_]/).map(decimalOf)
  if (!across || !down) return lost('It is no aspect ratio such as 16-9.')
  sheet.aspect = across / down
  return undefined
}

const words: Readonly<Record<string, Word>> = {
  w: side('width'),
  h: side('height'),
  ar: aspect,
  c: crop,
  cm: mode,
  fo: focus,
  x: offset('x'),
  y: offset('y'),
  q: quality,
  f: format({ auto: autoFormat }),
  dpr: number(0.1, 5, (value, sheet) => void (sheet.density = value)),
  bl: near('Half of the radius counts as the standard deviation.', [1, 100], (value) => step('blur', { sigma: value / 2 })),
  bg: colour((value, sheet) => void (sheet.background = value)),
  r: radius,
  rt: (text, sheet) => {
    const value = decimalOf(text.replace(/^N/, '-'))
    if (value === null || Math.abs(value) > 360) return lost('It is no angle; EXIF turns are always done.')
    sheet.degrees = value
    return undefined
  },
  fl: flip,
  t: (text, sheet) => {
    sheet.trim = text === 'true' ? 10 : (decimalOf(text) ?? 10) * 2.55
    return differs('The border is what looks like the upper left pixel.')
  },
  lo: (text, sheet) => (text === 'true' ? setOutput(sheet, { lossless: true }) : undefined, isTrue(text, sheet)),
  md: (text, sheet) => (text === 'true' ? setOutput(sheet, { metadata: 'keep' }) : undefined, isTrue(text, sheet)),
  cp: (text, sheet) => (text === 'true' ? setOutput(sheet, { colours: 'keep' }) : undefined, isTrue(text, sheet)),
  pr: () => differs('Whether a JPEG is progressive is not chosen.'),
  di: (text, sheet) => void (sheet.delivery['fallback'] = `/${text.replaceAll('@@', '/')}`),
  'e-grayscale': (_text, sheet) => effect(sheet, step('grayscale', {})),
  'e-sharpen': (text, sheet) =>
    near('A tenth counts as the sigma of an unsharp mask.', [0, 99], (value) => step('sharpen', { sigma: value / 10 }))(
      text === '' ? '10' : text,
      sheet,
    ),
  'e-contrast': (_text, sheet) => {
    effect(sheet, step('normalize', {}))
    return differs('The lightness is stretched, not each channel.')
  },
  'e-usm': never('An unsharp mask has one number here: sharpen.'),
  'e-shadow': never('Shadows have no words in image URLs.'),
  n: never('Named transformations are presets of the account here.'),
  b: never('Borders have no words in image URLs.'),
  l: imagekitLayer,
  'ik-attachment': (text, sheet) => void (text === 'true' && (sheet.delivery['download'] = 'true')),
  'ik-s': never(SIGNED),
  'ik-t': never(EXPIRES),
  updatedAt: (text, sheet) => void (sheet.delivery['version'] = text),
  v: (text, sheet) => void (sheet.delivery['version'] = text),
}

const readChain = (text: string): readonly Parameter[] =>
  text.split(':').flatMap((part, link) => {
    const wishes: string[] = []
    let depth = 0
    // A layer is one wish, from its beginning to its end.
    for (const each of part.split(',').filter(Boolean)) {
      if (depth > 0) wishes.push(`${wishes.pop()},${each}`)
      else wishes.push(each)
      depth = Math.max(0, depth + (each === 'l-end' ? -1 : each.startsWith('l-') ? 1 : 0))
    }
    return wishes.map((each): Parameter => {
      const [, name = each, value = ''] = /^(e-[a-z]+|[a-z]+)-?(.*)$/.exec(each) ?? []
      return each.startsWith('l-') ? { name: 'l', value: each, link } : { name, value, link }
    })
  })

function open(url: URL): Opened | null {
  const [, , ...rest] = url.pathname.split('/')
  const written = rest.findIndex((segment) => segment.startsWith('tr:'))
  const chain = written < 0 ? (url.searchParams.get('tr') ?? '') : decoded(rest[written] ?? '').slice(3)
  const parameters = chain === '' ? [] : readChain(chain)
  const link = parameters.at(-1)?.link ?? 0
  const query = [...url.searchParams].filter(([name]) => name !== 'tr' || written >= 0).map(([name, value]) => ({ name, value, link }))
  return { source: fileAt(rest.filter((_segment, i) => i !== written).join('/')), parameters: [...parameters, ...query] }
}

function settle(sheet: Sheet): Readonly<Record<string, Verdict>> {
  if (!sheet.window) return {}
  const { width, height, position, window } = sheet
  const place =
    window.x === undefined && window.y === undefined && position !== 'smart' && position !== 'smart-entropy' ? position : 'top-left'
  sheet.window = { ...window, ...(width !== undefined && { width }), ...(height !== undefined && { height }), position: place }
  sheet.width = sheet.height = undefined
  return position === 'smart' ? { fo: differs('A cut that is not scaled begins at the corner.') } : {}
}

/** ImageKit. Source: imagekit.io/docs/image-transformation. */
export const imagekit: ForeignService = {
  recognises: ({ hostname, pathname, searchParams }) =>
    HOST.test(hostname) || /\/tr:[^/]+\//.test(pathname) || /^(w|h|ar|c|q|f)-/.test(searchParams.get('tr') ?? ''),
  open,
  first: ['cm', 'c'],
  defaults: { fit: 'crop', turns: 'size, rotate' },
  words,
  settle,
}
