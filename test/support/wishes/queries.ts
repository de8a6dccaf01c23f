import fc from 'fast-check'

/** Parameters of image URLs of every kind, such as a client writes them. */

type Entry = readonly [name: string, value: string]

const POSITIONS = ['top', 'bottom', 'left', 'right', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'center']
const FITS = [
  'width',
  'height',
  'stretch',
  'max',
  'min',
  'enlarge',
  'enlarge-cover',
  'shrink',
  'shrink-cover',
  'crop',
  'pad',
  'shrink-crop',
  'aspect-crop',
]
const BLENDS = ['over', 'normal', 'multiply', 'screen', 'colour-dodge', 'soft-light']

const int = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String)
const tenths = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min: min * 10, max: max * 10 }).map((value) => String(value / 10))
const one = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
const hex = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: length, maxLength: length }).map((digits) => digits.join(''))
const colour = fc.oneof(hex(3), hex(6), hex(8))

/** Each name with its values. */
const GLOBALS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'crop-x': int(0, 50),
  'crop-y': int(0, 50),
  'crop-w': int(1, 5000),
  'crop-h': int(1, 5000),
  trim: fc.oneof(one('true', 'false'), tenths(0, 255)),
  rotate: tenths(-360, 360),
  flip: one('true', 'false'),
  flop: one('true', 'false'),
  w: int(1, 4000),
  h: int(1, 4000),
  'extend-top': int(0, 90),
  'extend-left': int(0, 90),
  median: one('true', '1', '3', '15'),
  blur: tenths(0, 1000),
  sharpen: fc.oneof(one('true'), tenths(0, 10)),
  pixelate: int(2, 100),
  normalize: one('true', 'false'),
  gamma: fc.oneof(one('true'), tenths(1, 3)),
  brightness: tenths(0, 100),
  saturation: tenths(0, 100),
  hue: int(-360, 360),
  lightness: tenths(-100, 100),
  contrast: tenths(-100, 100),
  grayscale: one('true', 'false'),
  sepia: one('true', 'false'),
  tint: colour,
  negate: one('true', 'false'),
  threshold: fc.oneof(one('true'), tenths(0, 255)),
  'border-radius': fc.oneof(one('max', '0'), tenths(0, 90)),
  bg: colour,
  dpr: one('1', '2', '0.5', '1.5'),
  f: one('jpg', 'jpeg', 'png', 'webp', 'gif', 'avif', 'auto', 'json'),
  lossless: one('true', 'false'),
  q: fc.oneof(one('auto', 'auto:high', 'auto:low', 'lossless'), int(1, 100)),
  'max-bytes': int(1, 1_000_000),
  c: int(1, 100),
  palette: one('true', 'false'),
  anim: one('true', 'false'),
  cm: one('srgb', 'keep'),
  metadata: one('none', 'copyright', 'unlocated', 'keep'),
  page: int(0, 9),
}

const PLACES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  gravity: one(...POSITIONS),
  padding: int(0, 50),
  'padding-x': int(0, 50),
  'padding-left': int(0, 50),
  'padding-bottom': int(0, 50),
  'layer-opacity': tenths(0, 100),
  'layer-rotate': tenths(-360, 360),
  blend: one(...BLENDS),
  repeat: one('true', 'false'),
}
const TEXTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  color: colour,
  font: one('Arial', 'Times Bold', 'Courier New', '/fonts/own.ttf'),
  'font-size': tenths(1, 90),
  'font-weight': int(1, 1000),
}
const IMAGES: Readonly<Record<string, fc.Arbitrary<string>>> = { 'layer-w': int(1, 400), 'layer-h': int(1, 400) }

const some = (table: Readonly<Record<string, fc.Arbitrary<string>>>, maxLength: number): fc.Arbitrary<Entry[]> =>
  fc
    .subarray(Object.keys(table), { maxLength })
    .chain((names) => fc.tuple(...names.map((name) => (table[name] as fc.Arbitrary<string>).map((value): Entry => [name, value]))))

const layer = fc.oneof(
  fc.tuple(fc.constantFrom<Entry>(['text', 'Hi'], ['text', 'a&b=ü'], ['text', '']), some({ ...PLACES, ...TEXTS }, 6)),
  fc.tuple(fc.constantFrom<Entry>(['image', '/logo.png'], ['image', 'logo.png']), some({ ...PLACES, ...IMAGES }, 5)),
)

/** Some globals, a way to fit, some layers; not all of them go together. */
export const query: fc.Arbitrary<readonly Entry[]> = fc
  .tuple(
    some(GLOBALS, 9),
    fc.option(fc.oneof(some({ fit: one(...FITS) }, 1), some({ crop: one(...POSITIONS, 'smart', 'smart-entropy') }, 1)), { nil: [] }),
    fc.array(layer, { maxLength: 3 }),
  )
  .map(([globals, fit, layers]) => [...globals, ...fit, ...layers.flatMap(([first, rest]) => [first, ...rest])])
