import type { Position } from '../../../image/geometry.ts'
import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileOf } from '../source.ts'
import { colourOf, decimalOf, effect, flag, format, never, number, quality, setOutput } from '../values.ts'
import { contrast, EXPIRES, percentage, SIGNED, smart, sideOf } from './near.ts'

const OPTION = /^[a-z_]+:/
const SIGNATURE = /^(?:_|unsafe|insecure|[\w-]{8,64})$/

const UNSIGNED = /^(?:_|unsafe|insecure)$/

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
  if (text === 'fill-down') return differs('A picture that is smaller than the box is cut to the box.')
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
  const [name = 'ce', ...offsets] = place
  const position = GRAVITIES[name]
  if (!position) return lost('The part that stays is named by nine positions here.')
  const [x = 0, y = 0] = offsets.map((offset) => decimalOf(offset) ?? 0)
  sheet.window = { ...(width !== undefined && { width }), ...(height !== undefined && { height }), position, x, y }
  return undefined
}

const background: Word = (text, sheet) => {
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

const words: Readonly<Record<string, Word>> = {
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

function sourceOf(rest: readonly string[]): { readonly source: string; readonly extension: string } | null {
  if (rest[0] === 'plain') {
    const [source = '', extension = ''] = rest.slice(1).join('/').split('@')
    return { source: decoded(source), extension }
  }
  const [encoded = '', extension = ''] = rest.join('').split('.')
  try {
    return {
      source: new TextDecoder().decode(
        Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)),
      ),
      extension,
    }
  } catch {
    return null
  }
}

function open(url: URL): Opened | null {
  const [signature = '', ...segments] = url.pathname.slice(1).split('/')
  if (!SIGNATURE.test(signature)) return null
  const options = segments.slice(
    0,
    segments.findIndex((segment) => !OPTION.test(segment)),
  )
  const found = sourceOf(segments.slice(options.length))
  if (!found || found.source === '') return null
  const parameters: Parameter[] = [
    ...(UNSIGNED.test(signature) ? [] : [{ name: 'signature', value: signature }]),
    ...options.map((option) => ({ name: option.slice(0, option.indexOf(':')), value: option.slice(option.indexOf(':') + 1) })),
    ...(found.extension === '' ? [] : [{ name: 'extension', value: found.extension }]),
  ]
  return { source: fileOf(found.source.replace(/^(s3|gs|abs|local):\/\/+/, '/'), url.origin), parameters }
}

/** Whether a picture may grow decides among two of our modes. */
function settle(sheet: Sheet): Readonly<Record<string, Verdict>> {
  const { type: wish = 'fit', enlarge: grows, extend: fills, ...delivery } = sheet.delivery
  sheet.delivery = delivery
  const modes = {
    fit: ['shrink', 'max'],
    auto: ['shrink', 'max'],
    fill: ['shrink-crop', 'crop'],
    'fill-down': ['aspect-crop', 'crop'],
    force: ['stretch', 'stretch'],
  } as const
  sheet.fit = modes[wish as keyof typeof modes][grows ? 1 : 0]
  if (!fills || wish !== 'fit') return {}
  sheet.fit = 'pad'
  const because = differs('A picture that is smaller than the box is enlarged.')
  return grows ? {} : { extend: because, ex: because, resize: because, rs: because, size: because, s: because }
}

/** imgproxy. Source: docs.imgproxy.net/usage/processing. */
export const imgproxy: ForeignService = {
  recognises: ({ hostname, pathname }) =>
    /imgproxy/.test(hostname) || /^\/[\w-]+\/(?:[a-z_]+:[^/]*\/)+(?:plain\/|[\w-]+(?:\.\w+)?$)/.test(pathname),
  open,
  defaults: { fit: 'shrink' },
  words,
  settle,
}
