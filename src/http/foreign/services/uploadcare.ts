import type { Position } from '../../../image/geometry.ts'
import type { Length } from '../../../image/length.ts'
import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import { fileAt } from '../source.ts'
import { autoFormat, colour, decimalOf, effect, format, never, number, oneOf, setOutput } from '../values.ts'
import { atPoint, byTarget, LAYER, contrast, near, partOf, percentage, smart } from './near.ts'

const HOST = /(^|\.)(ucarecdn\.com|ucarecd\.net|ucr\.io)$/
/** Of a file, or of one in a group. */
const UUID = /^\/([\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?:~\d+\/nth\/\d+)?)(?:\/(.*))?$/

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
    const verdict = placed(place, (position) => void (sheet.position = position))
    return verdict === null ? lost('It is no place that is known here.') : verdict
  }

const PLACES: Readonly<Record<string, Position>> = { center: 'center', top: 'top', bottom: 'bottom', left: 'left', right: 'right' }
/** A word, or shares of width and height; `null` for anything else. */
function placed(text: string, place: (position: Position) => void): Verdict | undefined | null {
  const word = PLACES[text]
  if (word) {
    place(word)
    return undefined
  }
  const [, x, y] = /^(\d{1,3})(?:p|%25|%),(\d{1,3})(?:p|%25|%)$/.exec(text) ?? []
  return x === undefined ? null : atPoint(Number(x) / 100, Number(y) / 100, place)
}

/** Without an alignment from the upper left corner. */
const crop: Word = (text, sheet) => {
  const [box = '', place = '0,0'] = text.split('/')
  const [across, down] = box.split(':').map(decimalOf)
  if (across && down) {
    sheet.window = partOf(across / down)
    return text.includes('/') ? (placed(place, (position) => void (sheet.window = { ...sheet.window, position })) ?? undefined) : undefined
  }
  const length = (written: string, of: 'width' | 'height'): Length | null =>
    /^\d+p$/.test(written) ? { percent: Number.parseInt(written, 10), of } : /^\d+$/.test(written) ? Number(written) : null
  const [w = '', h = ''] = box.split('x')
  const [width, height] = [length(w, 'width'), length(h, 'height')]
  if (width === null || height === null) return lost('The rectangle is named by numbers here.')
  let position: Position = 'top-left'
  const verdict = placed(place, (found) => void (position = found))
  const [x, y] = verdict === null ? place.split(',').map(decimalOf) : [0, 0]
  if (x == null || y == null) return lost('The place is named by numbers or by nine positions here.')
  sheet.window = { width, height, position, x, y }
  return verdict ?? undefined
}

/** `uuid/dimensions/coordinates/opacity`, all but the first may be absent. */
const overlay: Word = (text, sheet) => {
  const [uuid = '', box = '', place = '0,0', share = '100p'] = text.split('/')
  const [width, height] = sides(box) ?? []
  const [x, y] = place.split(',').map(decimalOf)
  const opacity = decimalOf(share.replace(/(p|%|%25)$/, ''))
  if (!/^[\da-f-]{36}$/.test(uuid) || x == null || y == null || opacity === null || opacity > 100)
    return lost('A layer is named by its id, pixels and a share here.')
  const size = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
  effect(sheet, step('composite', { path: `/${uuid}`, ...size, position: 'top-left', x, y, opacity: opacity / 100 }))
  return differs(LAYER)
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
  srgb: [
    null,
    oneOf({
      fast: () => undefined,
      icc: () => differs('Colours become sRGB as the account says, whatever the profile.'),
      keep_profile: (sheet) => setOutput(sheet, { colours: 'keep' }),
    }),
  ],
  max_icc_size: [null, () => differs('Every profile is read, of any size.')],
  rasterize: [null, () => undefined],
  overlay: [15, overlay],
  filter: [null, never('Named filters are not known here.')],
  smart_resize: [4, (text, sheet) => sized('stretch')(text, sheet) ?? differs('All of the picture is scaled alike.')],
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
      // The older form of an operation: effect/flip.
      const [name = '', ...values] = written.split('/').filter((part, i) => part !== '' && (i > 0 || part !== 'effect'))
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
