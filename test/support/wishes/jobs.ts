import fc from 'fast-check'

/** Jobs of batch requests of every kind, such as a client writes them. */

const tenths = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10)
const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const length = (cross: string): fc.Arbitrary<unknown> => fc.oneof(int(1, 3000), one('40px', '33.3%', '50%', `25${cross}`))
const offset = fc.oneof(int(-90, 90), one('-10px', '5%', '-2.5%'))
const colour = one('#f00', '#336699', '33669980', 'abc')
const gravity = one('center', 'middle', 'north', 'southeast', 'west', 'northwest')

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>
const size: Fields = { width: length('h'), height: length('w') }
const place: Fields = { gravity, xoffset: offset, yoffset: offset }

/** Each type with the fields that it needs, and such as it may have. */
const TYPES: Readonly<Record<string, readonly [needed: Fields, more: Fields]>> = {
  annotation: [
    { text: one('Hi', 'a\nb'), size: tenths(1, 90), color: colour },
    { ...place, font: one('Arial', 'Times New Roman Bold', 'Courier', '/own.ttf') },
  ],
  blur: [{ sigma: tenths(0, 900) }, { radius: tenths(0, 90) }],
  brightness: [{ bright_level: tenths(-255, 255) }, {}],
  colorize: [{}, { red: int(0, 255), green: int(0, 255), blue: tenths(0, 255) }],
  contrast: [{ level: tenths(-100, 100) }, {}],
  crop: [{ width: length('h') }, { height: length('w'), ...place, fit: one<unknown>(true, false, 'crop') }],
  enhance: [{}, {}],
  filter: [
    { filter: one('bw', 'sepia', 'negate', 'grayscale', 'edgedetect', 'emboss', 'blurgaussian', 'blurselective', 'meanremoval', 'smooth') },
    {},
  ],
  fitmethod: [
    { fit_type: one('box', 'stretch', 'outside', 'cropbox', 'letterbox'), width: length('h') },
    { height: length('w'), gravity, color: colour, opacity: tenths(0, 10) },
  ],
  flip: [{ direction: one('x', 'y', 'horizontal', 'vertical') }, {}],
  resize: [{ height: length('w') }, { width: length('h') }],
  rotate: [{ degrees: fc.oneof(tenths(0, 360), one('12.25')) }, {}],
  ulb: [{}, {}],
  watermark: [{ source: one('logo.png', '/a/b.png') }, { ...size, ...place }],
  zoom: [{ width: length('h') }, { height: length('w'), level: tenths(0, 10) }],
}

const some = (fields: Fields): fc.Arbitrary<object> =>
  fc
    .subarray(Object.keys(fields))
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fields[name] as fc.Arbitrary<unknown>]))))

const transformation = fc.constantFrom(...Object.keys(TYPES)).chain((type) => {
  const [needed, more] = TYPES[type] ?? [{}, {}]
  return fc.tuple(fc.record(needed), some(more)).map(([first, rest]) => ({ type, ...first, ...rest }))
})

const output: Fields = {
  quality: fc.oneof(int(0, 100), one('auto', 'auto:low', 'lossless')),
  max_bytes: int(1, 90_000),
  lossless: one(true, false),
  palette: one(true, false),
  anim: one(true, false),
  cm: one('srgb', 'keep'),
  metadata: one('none', 'copyright', 'unlocated', 'keep'),
}

/** Some transformations in any order; not all jobs are right. */
export const job = fc
  .tuple(fc.array(transformation, { maxLength: 4 }), some(output), one('.jpg', '.png', '.webp', '.gif', '.avif', ''))
  .map(([transformations, more, extension]) => ({ ...more, transformations, destination: `/out/a${extension}` }))
