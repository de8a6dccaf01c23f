import type { Position } from '../../../image/geometry.ts'
import { step } from '../../../image/plan.ts'
import { differs, lost, type Verdict, type Word } from '../foreign.ts'
import { colourOf, decimalOf, effect, flag, format, never, number, quality, setOutput } from '../values.ts'
import { atPoint, contrast, EXPIRES, partOf, percentage, SIGNED, smart, sideOf } from './near.ts'

const GRAVITIES: Readonly<Record<string, Position>> = {
  no: 'top',
  so: 'bottom',
  ea: 'right',
  we: 'left',
  noea: 'top-right',
  nowe: 'top-left',
  soea: 'bottom-right',
  sowe: 'bottom-left',
  ce: 'center',
}
const TYPES = ['fit', 'fill', 'fill-down', 'force', 'auto']
const isOn = (text: string | undefined): boolean => text === '1' || text === 't' || text === 'true'

/** What a resizing type does follows from `enlarge`, so they are joined at the end. */
const type: Word = (text, sheet) => {
  if (!TYPES.includes(text)) return lost(`It is none of ${TYPES.join(', ')}.`)
  sheet.delivery['type'] = text
  return text === 'auto' ? differs('Whether it is cut does not follow the orientation: it is not cut.') : undefined
}
const enlarge: Word = flag((sheet) => void (sheet.delivery['enlarge'] = 'true'))
const extend: Word = (text, sheet) => {
  const [wish = ''] = text.split(':')
  if (!isOn(wish)) return undefined
  sheet.delivery['extend'] = 'true'
  return text.includes(':') ? differs('The picture lies in the middle.') : undefined
}

/** Arguments in the places of other options; empty ones count for nothing. */
const meta =
  (words: readonly Word[]): Word =>
  (text, sheet) => {
    const parts = text.split(':')
    if (parts.length > words.length) return lost('It has more arguments than are known here.')
    const verdicts = parts.map((part, i) => (part === '' ? undefined : words[i]?.(part, sheet)))
    return verdicts.find((verdict) => verdict?.kind === 'lost') ?? verdicts.find(Boolean)
  }

const gravity: Word = (text, sheet) => {
  const [name = '', ...offsets] = text.split(':')
  const position = GRAVITIES[name]
  if (name === 'sm') return smart(sheet)
  if (name === 'obj' || name === 'objw') return smart(sheet, 'Objects are not named; the part that shows most stays.')
  if (name === 'fp') return pointOf(offsets, (found) => void (sheet.position = found))
  if (!position) return lost('The part that stays is named by nine positions here, or found.')
  sheet.position = position
  return offsets.some((offset) => Number(offset) !== 0) ? differs('Offsets from the edge are left out.') : undefined
}

/** Cut before the resize; shares below 1. */
const crop: Word = (text, sheet) => {
  const [w = '', h = '', ...place] = text.split(':')
  const side = (written: string, of: 'width' | 'height') => {
    const value = decimalOf(written)
    return !value ? undefined : value < 1 ? { percent: value * 100, of } : value
  }
  const [width, height] = [side(w, 'width'), side(h, 'height')]
  const cut = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
  // Without a place of its own it has that of gravity, which is settled at the end.
  const [name, ...offsets] = place
  sheet.window = { ...sheet.window, ...cut }
  if (name === undefined) return undefined
  if (name === 'fp') return pointOf(offsets, (position) => void (sheet.window = { ...sheet.window, position }))
  const position = GRAVITIES[name]
  if (!position) return lost('The part that stays is named by nine positions here.')
  const [x = 0, y = 0] = offsets.map((offset) => decimalOf(offset) ?? 0)
  sheet.window = { ...sheet.window, position, x, y }
  return undefined
}

/** Corrects the sides of the cut. */
const cropAspect: Word = (text, sheet) => {
  const [ratio = null, grows] = text.split(':').map((part) => (part === 't' || part === 'true' ? 1 : decimalOf(part)))
  if (ratio === null || ratio < 0) return lost('It is no aspect ratio.')
  if (ratio === 0) return undefined
  const { width, height } = sheet.window ?? {}
  if (typeof width === 'number' && typeof height === 'number') {
    const isWide = width / height > ratio
    sheet.window = { ...sheet.window, ...(isWide === (grows !== 1) ? { width: height * ratio } : { height: width / ratio }) }
    return grows === 1 ? differs('A frame that hangs over is cut off.') : undefined
  }
  if ((width ?? height) !== undefined) return lost('Both sides of the cut are needed, in pixels.')
  sheet.window = { ...sheet.window, ...partOf(ratio) }
  return undefined
}

function pointOf(shares: readonly string[], place: (position: Position) => void): Verdict | undefined {
  const [x, y] = shares.map(decimalOf)
  return x == null || y == null ? lost('It is no point.') : atPoint(x, y, place)
}

const background: Word = (text, sheet) => {
  if (text === '') return void (sheet.background = undefined)
  const colour = text.includes(':') ? colourOf(`rgb(${text.split(':').join(' ')})`) : colourOf(text)
  if (colour === null) return lost('It is no colour that is known here.')
  sheet.background = colour
  return undefined
}

const padding: Word = (text, sheet) => {
  const [top = 0, right = top, bottom = top, left = right] = text.split(':').map((part) => decimalOf(part) ?? 0)
  sheet.margins = { top, right, bottom, left }
  return undefined
}

const LONG: Readonly<Record<string, readonly [short: string, word: Word]>> = {
  resize: ['rs', meta([type, sideOf('width', 'absent'), sideOf('height', 'absent'), enlarge, extend])],
  size: ['s', meta([sideOf('width', 'absent'), sideOf('height', 'absent'), enlarge, extend])],
  resizing_type: ['rt', type],
  width: ['w', sideOf('width', 'absent')],
  height: ['h', sideOf('height', 'absent')],
  enlarge: ['el', enlarge],
  extend: ['ex', extend],
  gravity: ['g', gravity],
  crop: ['c', crop],
  crop_aspect_ratio: ['crop_ar', cropAspect],
  car: ['car', cropAspect],
  dpr: ['dpr', number(0.1, 10, (value, sheet) => void (sheet.density = value))],
  trim: [
    't',
    (text, sheet) => {
      sheet.trim = Math.min(255, decimalOf(text.split(':')[0] ?? '') ?? 10)
      return differs('The border is what looks like the upper left pixel.')
    },
  ],
  padding: ['pd', padding],
  rotate: [
    'rot',
    (text, sheet) => {
      if (!/^(0|90|180|270|360)$/.test(text)) return lost('It is no right angle.')
      sheet.degrees = Number(text)
      return undefined
    },
  ],
  flip: [
    'fl',
    (text, sheet) => {
      const [across, down] = text.split(':')
      if (isOn(across)) sheet.flop = true
      if (isOn(down)) sheet.flip = true
      return undefined
    },
  ],
  background: ['bg', background],
  blur: ['bl', number(0, 1000, (sigma, sheet) => effect(sheet, step('blur', { sigma })))],
  sharpen: [
    'sh',
    number(0, 10, (sigma, sheet) => {
      effect(sheet, step('sharpen', { sigma }))
      return sigma === 0 ? undefined : differs('The mask has the curve of sharp.')
    }),
  ],
  pixelate: ['pix', number(0, 100, (size, sheet) => (size >= 2 ? effect(sheet, step('pixelate', { size: Math.round(size) })) : undefined))],
  brightness: ['br', percentage('brightness')],
  contrast: ['co', contrast],
  saturation: ['sa', percentage('saturation')],
  quality: ['q', (text, sheet) => (text === '0' ? undefined : quality(text, sheet))],
  max_bytes: [
    'mb',
    (text, sheet) => {
      const value = decimalOf(text)
      if (value === null || value < 0) return lost('It is no number.')
      if (value > 0) setOutput(sheet, { maxBytes: value })
      return undefined
    },
  ],
  format: ['f', format()],
  page: ['pg', number(0, 100_000, (value, sheet) => void (sheet.page = value + 1))],
  strip_metadata: ['sm', (text, sheet) => (isOn(text) ? undefined : setOutput(sheet, { metadata: 'keep' }))],
  keep_copyright: ['kcr', flag((sheet) => setOutput(sheet, { metadata: 'copyright' }))],
  strip_color_profile: ['scp', (text, sheet) => (isOn(text) ? undefined : setOutput(sheet, { colours: 'keep' }))],
  auto_rotate: ['ar', (text) => (isOn(text) ? undefined : lost('EXIF turns are always done.'))],
  cachebuster: ['cb', (text, sheet) => void (sheet.delivery['version'] = text)],
  return_attachment: ['att', flag((sheet) => void (sheet.delivery['download'] = 'true'))],
  filename: ['fn', never('The file keeps its own name.')],
  expires: ['exp', never(EXPIRES)],
  preset: ['pr', never('Its settings are in the configuration there; a preset of the account can have the name.')],
  enforce_thumbnail: ['eth', never('Pictures inside of a file are not shown in its place.')],
  watermark: ['wm', never('The watermark is in the configuration there; an image layer or a rule of the account does it.')],
}

export const WORDS: Readonly<Record<string, Word>> = {
  ...Object.fromEntries(
    Object.entries(LONG).flatMap(([name, [short, word]]) => [
      [name, word],
      [short, word],
    ]),
  ),
  ext: format(),
  extension: format(),
  signature: never(SIGNED),
}
