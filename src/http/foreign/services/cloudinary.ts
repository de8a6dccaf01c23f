import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import type { Fit, Sheet } from '../sheet.ts'
import { decoded, fileAt, fileOf } from '../source.ts'
import { autoFormat, colourOf, decimalOf, format, never, number, oneOf, setOutput } from '../values.ts'
import { EFFECTS } from './cloudinary-effects.ts'
import { cloudinaryLayer } from './layers.ts'
import { byTarget, COMPASS, partOf, radius, SIGNED, smart, sideOf } from './near.ts'

const SHAPE = /^(?:\/([\w-]+))?\/(?:image|images)\/(upload|fetch|private|authenticated)\/(.+)$/
const HOST = /(^|\.)cloudinary\.com$/
const TRANSFORMATION = /^(?:\$?[a-z]{1,3}_[^/]+|if_[^/]+)$/
const SIGNATURE = /^s--[\w-]+--$/

const FITS: Readonly<Record<string, Fit>> = {
  scale: 'stretch',
  fit: 'max',
  limit: 'shrink',
  mfit: 'enlarge',
  fill: 'crop',
  lfill: 'shrink-crop',
  pad: 'pad',
  lpad: 'pad',
  mpad: 'pad',
  fill_pad: 'pad',
  thumb: 'crop',
  auto: 'crop',
}
const NEAR: Readonly<Record<string, string>> = {
  lpad: 'A picture that is smaller than the box is enlarged.',
  mpad: 'A picture that is smaller than the box is enlarged.',
  fill_pad: 'It is padded in any case.',
  lfill: 'A picture that is smaller than the box is cut to the box.',
  thumb: 'The whole picture is scaled; a face is not looked for.',
  auto: 'The whole picture is scaled before it is cut.',
}

const crop: Word = (text, sheet) => {
  if (text === 'crop') return void (sheet.window = {})
  const fit = FITS[text]
  if (fit === undefined) return lost('This way of sizing is not known here.')
  sheet.fit = fit
  if (text === 'auto' || text === 'thumb') sheet.position = 'smart'
  return NEAR[text] === undefined ? undefined : differs(NEAR[text])
}

const gravity: Word = (text, sheet) => {
  const position = COMPASS[text]
  if (position) return void (sheet.position = position)
  if (text.startsWith('auto')) return smart(sheet)
  if (/^(adv_)?(face|faces|eyes|body)/.test(text)) return smart(sheet, 'Faces are found by colours of skin alone.')
  if (text === 'ocr_text') return smart(sheet, 'Texts are not looked for.')
  return lost('It is no place that is known here.')
}

const angle: Word = (text, sheet) => {
  let verdict: Verdict | undefined
  for (const word of text.split('.')) {
    const degrees = decimalOf(word)
    if (word === 'hflip') sheet.flop = true
    else if (word === 'vflip') sheet.flip = true
    else if (degrees !== null && Math.abs(degrees) <= 360) sheet.degrees = degrees
    else if (word !== 'exif') verdict = lost('It is no angle; EXIF turns are always done.')
  }
  return verdict
}

const quality: Word = (text, sheet) => {
  const [, written = text, sampling] = /^(\d+)(:\d{3})?$/.exec(text) ?? []
  const value = decimalOf(written)
  if (value !== null && value >= 1 && value <= 100) {
    setOutput(sheet, { quality: value })
    return sampling === undefined ? undefined : differs('How colours are sampled is not chosen.')
  }
  const level = /^auto(?::(best|good|eco|low))?(?::\w+)*$/.exec(text)
  if (!level) return lost('It is no quality that is known here.')
  return byTarget(sheet, level[1] === 'best' ? 'high' : level[1] === 'eco' || level[1] === 'low' ? 'low' : 'medium')
}

const aspect: Word = (text, sheet) => {
  const [across = null, down = 1] = text.split(':').map(decimalOf)
  if (!across || !down || across <= 0 || down <= 0) return lost('It is no aspect ratio such as 16:9.')
  sheet.aspect = across / down
  return undefined
}

const background: Word = (text, sheet) => {
  const colour = colourOf(text.replace(/^rgb:/, ''))
  if (colour === null) return lost('It is no colour that is known here.')
  sheet.background = colour
  return undefined
}

const offset =
  (name: 'x' | 'y'): Word =>
  (text, sheet) => {
    const value = decimalOf(text)
    if (value === null) return lost('It is no number.')
    // Offsets count in a crop alone, and of layers, which have names of their own here.
    if (sheet.window) sheet.window[name] = value
    return undefined
  }

const flags: Word = oneOf({
  attachment: (sheet) => void (sheet.delivery['download'] = 'true'),
  keep_iptc: (sheet) => setOutput(sheet, { metadata: 'keep' }),
  png8: (sheet) => setOutput(sheet, { palette: true }),
  progressive: () => differs('Whether a JPEG is progressive is not chosen.'),
  lossy: () => differs('The format alone says whether it is lossy.'),
  force_strip: () => undefined,
  strip_profile: () => undefined,
  immutable_cache: () => differs('Lifetimes follow the account, or cache-ttl.'),
})

const words: Readonly<Record<string, Word>> = {
  w: sideOf('width'),
  h: sideOf('height'),
  c: crop,
  g: gravity,
  a: angle,
  q: quality,
  ar: aspect,
  b: background,
  r: radius,
  x: offset('x'),
  y: offset('y'),
  fl: flags,
  f: format({ auto: autoFormat }),
  dpr: number(0.1, 10, (value, sheet) => void (sheet.density = value)),
  pg: number(1, 100_000, (value, sheet) => void (sheet.page = Math.round(value))),
  d: (text, sheet) => void (sheet.delivery['fallback'] = `/${text.replaceAll(':', '/')}`),
  version: (text, sheet) => void (sheet.delivery['version'] = text),
  signature: never(SIGNED),
  p: () => undefined,
  t: never('Named transformations are presets of the account here.'),
  l: cloudinaryLayer,
  u: never('What lies below a picture has no words here.'),
  bo: never('Borders have no words in image URLs.'),
  cs: oneOf({ srgb: () => undefined, keep_cmyk: () => lost('Colours of CMYK become sRGB.') }),
  ...Object.fromEntries(Object.entries(EFFECTS).map(([name, word]) => [`e_${name}`, word])),
}

/** Of one component; `e_blur:300` is the parameter `e_blur`. */
function readComponent(text: string, link: number): readonly Parameter[] {
  const parts = text.split(',').map((part): Parameter => {
    const [, name = part, value = ''] = /^([^_]+)_(.*)$/.exec(part) ?? []
    const [kind = '', ...rest] = value.split(':')
    return name === 'e' ? { name: `e_${kind}`, value: rest.join(':'), link } : { name, value, link }
  })
  // What stands beside a layer is of the layer.
  const layer = parts.find(({ name }) => name === 'l' || name === 'u')
  return layer ? [{ name: layer.name, value: text, link }] : parts
}

function open(url: URL): Opened | null {
  const found = SHAPE.exec(url.pathname)
  if (!found) return null
  const [, , type, rest = ''] = found
  const segments = rest.split('/')
  const parameters: Parameter[] = []
  if (SIGNATURE.test(segments[0] ?? '')) parameters.push({ name: 'signature', value: segments.shift() ?? '', link: 0 })
  for (let link = 0; segments.length > 1 && TRANSFORMATION.test(segments[0] ?? ''); link++) {
    const component = decoded(segments.shift() ?? '')
    const last = parameters.at(-1)
    // The second half of a layer says where it lies.
    if (component.includes('fl_layer_apply') && last?.name === 'l')
      parameters.push({ ...last, value: `${parameters.pop()?.value},${component}` })
    else parameters.push(...readComponent(component, link))
  }
  const version = segments.length > 1 ? /^v(\d+)$/.exec(segments[0] ?? '')?.[1] : undefined
  if (version !== undefined) {
    segments.shift()
    parameters.push({ name: 'version', value: version, link: parameters.at(-1)?.link ?? 0 })
  }
  const query = [...url.searchParams].map(([name, value]): Parameter => ({ name: `?${name}`, value, link: parameters.at(-1)?.link ?? 0 }))
  const source = type === 'fetch' ? fileOf(decoded(segments.join('/')), url.origin) : fileAt(segments.join('/'))
  return { source, parameters: type === 'fetch' ? parameters : [...parameters, ...query] }
}

/** A crop has the sides and the place of its component. */
function settle(sheet: Sheet, given: ReadonlyMap<string, string>): Readonly<Record<string, Verdict>> {
  const { aspect } = sheet
  const alone = aspect !== undefined && (sheet.width ?? sheet.height) === undefined
  if (alone && (sheet.window || sheet.fit === 'crop')) {
    const place = sheet.position === 'smart' || sheet.position === 'smart-entropy' ? 'center' : sheet.position
    sheet.window = { ...partOf(aspect), position: place }
    return place === sheet.position ? {} : { g: differs('A cut that is not scaled is centred.') }
  }
  if (!sheet.window) {
    const isOfEffect = [...given.keys()].some((name) => name.startsWith('e_'))
    const offset = lost('Offsets of effects are not known here.')
    return { ...(alone && { ar: lost('An aspect ratio needs one side beside it.') }), ...(isOfEffect && { x: offset, y: offset }) }
  }
  const { width, height, position, window } = sheet
  const placed = given.has('g') || !(given.has('x') || given.has('y')) ? position : 'top-left'
  sheet.window = {
    ...window,
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    position: placed === 'smart' || placed === 'smart-entropy' ? 'center' : placed,
  }
  sheet.width = sheet.height = undefined
  return placed === 'smart' ? { g: differs('A crop that is not scaled is centred.') } : {}
}

/** Cloudinary. Source: cloudinary.com/documentation/transformation_reference. */
export const cloudinary: ForeignService = {
  recognises: (url) => HOST.test(url.hostname) || /^(?:\/[\w-]+)?\/image\/(upload|fetch)\//.test(url.pathname),
  open,
  first: ['c'],
  defaults: { fit: 'stretch', turns: 'size, rotate' },
  words,
  settle,
}
