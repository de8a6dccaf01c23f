import type { Position } from '../../../image/geometry.ts'
import type { Length } from '../../../image/length.ts'
import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Opened, type Parameter, type Word } from '../foreign.ts'
import { fileAt } from '../source.ts'
import { autoFormat, colour, decimalOf, effect, format, never, number, oneOf, setOutput } from '../values.ts'
import { byTarget, contrast, near, percentage, smart } from './near.ts'

const HOST = /(^|\.)(ucarecdn\.com|ucarecd\.net|ucr\.io)$/
const UUID = /^\/([\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})(?:\/(.*))?$/

const sides = (text: string): readonly [number | undefined, number | undefined] | null => {
  const found = /^(\d*)x(\d*)$/.exec(text)
  return found ? [Number(found[1]) || undefined, Number(found[2]) || undefined] : null
}

/** A size, and what stands behind it. */
const sized =
  (fit: 'shrink' | 'stretch' | 'crop'): Word =>
  (text, sheet) => {
    const [box = '', place] = text.split('/')
    const found = sides(box)
    if (!found) return lost('It is no size such as 300x200.')
    ;[sheet.width, sheet.height] = found
    sheet.fit = fit
    if (place === undefined) return undefined
    if (place.startsWith('smart')) return smart(sheet)
    const position = placeOf(place)
    if (!position) return lost('The part that stays is named by nine positions here.')
    sheet.position = position
    return undefined
  }

const PLACES: Readonly<Record<string, Position>> = { center: 'center', top: 'top', bottom: 'bottom', left: 'left', right: 'right' }
const SHARES: Readonly<Record<string, Position>> = {
  '50p,50p': 'center',
  '0p,0p': 'top-left',
  '50p,0p': 'top',
  '100p,0p': 'top-right',
  '0p,50p': 'left',
  '100p,50p': 'right',
  '0p,100p': 'bottom-left',
  '50p,100p': 'bottom',
  '100p,100p': 'bottom-right',
}
const placeOf = (text: string): Position | undefined => PLACES[text] ?? SHARES[text]

/** Without an alignment from the upper left corner. */
const crop: Word = (text, sheet) => {
  const [box = '', place = '0,0'] = text.split('/')
  const length = (written: string, of: 'width' | 'height'): Length | null =>
    /^\d+p$/.test(written) ? { percent: Number.parseInt(written, 10), of } : /^\d+$/.test(written) ? Number(written) : null
  const [w = '', h = ''] = box.split('x')
  const [width, height] = [length(w, 'width'), length(h, 'height')]
  if (width === null || height === null) return lost('The rectangle is named by numbers here.')
  const position = placeOf(place)
  const [x, y] = position ? [0, 0] : place.split(',').map(decimalOf)
  if (x == null || y == null) return lost('The place is named by numbers or by nine positions here.')
  sheet.window = { width, height, position: position ?? 'top-left', x, y }
  return undefined
}

const QUALITIES: Readonly<Record<string, number>> = { best: 95, better: 88, normal: 80, lighter: 70, lightest: 55 }

const usual =
  (value: string, word: Word): Word =>
  (text, sheet) =>
    word(text === '' ? value : text, sheet)

/** Each with its place in the order of an image URL: an operation that comes too late begins a transformation of its own. */
const OPERATIONS: Readonly<Record<string, readonly [stage: number | null, word: Word]>> = {
  crop: [0, crop],
  rotate: [1, (text, sheet) => (/^(0|90|180|270|360)$/.test(text) ? void (sheet.degrees = -Number(text)) : lost('It is no right angle.'))],
  flip: [2, (_text, sheet) => void (sheet.flip = true)],
  mirror: [3, (_text, sheet) => void (sheet.flop = true)],
  preview: [4, usual('2048x2048', sized('shrink'))],
  resize: [4, sized('stretch')],
  scale_crop: [4, sized('crop')],
  blur: [
    5,
    usual(
      '10',
      near('A tenth of the strength counts as the standard deviation.', [0, 5000], (value) => step('blur', { sigma: value / 10 })),
    ),
  ],
  sharp: [
    6,
    usual(
      '5',
      near('A tenth of the strength is the sigma of an unsharp mask.', [0, 20], (value) => step('sharpen', { sigma: value / 10 })),
    ),
  ],
  enhance: [
    7,
    usual(
      '50',
      near('The lightness is stretched as a whole.', [0, 100], (value) => (value === 0 ? null : step('normalize', {}))),
    ),
  ],
  brightness: [8, percentage('brightness')],
  saturation: [
    9,
    near('The percentage multiplies the chroma of CIE LCh.', [-100, 500], (value) => step('modulate', { saturation: 1 + value / 100 })),
  ],
  contrast: [10, (text, sheet) => (Number(text) > 100 ? lost('Levels go up to 100 here.') : contrast(text, sheet))],
  grayscale: [11, (_text, sheet) => effect(sheet, step('grayscale', {}))],
  invert: [12, (_text, sheet) => effect(sheet, step('negate', {}))],
  border_radius: [13, number(0, 10_000, (value, sheet) => void (sheet.radius = value))],
  setfill: [14, colour((value, sheet) => void (sheet.background = value))],
  format: [null, format({ auto: autoFormat, preserve: () => undefined })],
  quality: [
    null,
    (text, sheet) => {
      if (text.startsWith('smart')) return byTarget(sheet, 'medium')
      const value = QUALITIES[text]
      if (value === undefined) return lost('It is none of the words that are known here.')
      setOutput(sheet, { quality: value })
      return differs(`The word counts as the quality ${value}.`)
    },
  ],
  progressive: [null, oneOf({ yes: () => differs('Whether a JPEG is progressive is not chosen.'), no: () => undefined })],
  strip_meta: [
    null,
    oneOf({
      all: () => undefined,
      none: (sheet) => setOutput(sheet, { metadata: 'keep' }),
      sensitive: (sheet) => {
        setOutput(sheet, { metadata: 'copyright' })
        return differs('What says who made it stays.')
      },
    }),
  ],
  inline: [null, oneOf({ yes: () => undefined, no: (sheet) => void (sheet.delivery['download'] = 'true') })],
  autorotate: [null, oneOf({ yes: () => undefined, no: () => lost('EXIF turns are always done.') })],
  stretch: [
    null,
    oneOf({
      on: () => undefined,
      off: (sheet) => ((sheet.delivery['stretch'] = 'off'), undefined),
      fill: () => lost('The ground is not filled.'),
    }),
  ],
  overlay: [null, never('Layers are named by image= here.')],
  filter: [null, never('Named filters are not known here.')],
  smart_resize: [null, never('Parts of a picture are not invented.')],
  zoom_objects: [null, never('Objects are not looked for.')],
}

const words: Readonly<Record<string, Word>> = Object.fromEntries(Object.entries(OPERATIONS).map(([name, [, word]]) => [name, word]))

function open(url: URL): Opened | null {
  const found = UUID.exec(url.pathname)
  if (!found) return null
  const [, uuid = '', rest = ''] = found
  let [link, last] = [0, -1]
  const parameters = rest
    .split('-/')
    .slice(1)
    .map((written): Parameter => {
      const [name = '', ...values] = written.split('/').filter(Boolean)
      const stage = OPERATIONS[name]?.[0] ?? null
      if (stage !== null && stage <= last) [link, last] = [link + 1, -1]
      if (stage !== null) last = stage
      return { name, value: values.join('/'), link }
    })
  const file = /\/?([^/]+\.\w+)$/.exec(parameters.at(-1)?.value ?? (rest.includes('-/') ? '' : rest))?.[1]
  const end = parameters.at(-1)
  const trimmed =
    file === undefined || !end
      ? parameters
      : [...parameters.slice(0, -1), { ...end, value: end.value.slice(0, -file.length).replace(/\/$/, '') }]
  return { source: fileAt(file === undefined ? uuid : `${uuid}/${file}`), parameters: trimmed }
}

/** Uploadcare. Source: uploadcare.com/docs/transformations/image. */
export const uploadcare: ForeignService = {
  recognises: ({ hostname, pathname }) => HOST.test(hostname) || (UUID.test(pathname) && pathname.includes('/-/')),
  open,
  defaults: {},
  words,
  settle(sheet) {
    const { stretch, ...delivery } = sheet.delivery
    sheet.delivery = delivery
    if (stretch !== undefined && sheet.fit === 'stretch') sheet.fit = 'shrink'
    return stretch === undefined ? {} : { stretch: differs('A picture that would grow keeps its aspect ratio.') }
  },
}
