import fc from 'fast-check'
import type { Task } from '../../../src/http/dialects/filestack/processing/task-text.ts'

/** Tasks of processing URLs of every kind, such as a client writes them. */

type Values = Readonly<Record<string, fc.Arbitrary<Task['params'][number][1]>>>

const int = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String)
const tenths = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min: min * 10, max: max * 10 }).map((value) => String(value / 10))
const one = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
const ints = (...ranges: readonly (readonly [number, number])[]): fc.Arbitrary<string[]> =>
  fc.tuple(...ranges.map(([min, max]) => int(min, max)))
const colour = one('red', 'transparent', '1234', 'abc', '336699', 'FF8800CC').filter((text) => text !== '1234')
const areas = fc.array(ints([0, 90], [0, 90], [1, 90], [1, 90]), { minLength: 1, maxLength: 3 })
const align = fc.oneof(one('top', 'left', 'center'), fc.constant(['bottom', 'right']))

export const HANDLES = ['HLOon3NcTS6w7rqyZ3ei', 'Abcdefghijklmnopqrs0', 'Abcdefghijklmnopqrs1']

/** Each task with arguments that it needs, and such as it may have. */
const TASKS: Readonly<Record<string, readonly [needed: Values, more: Values]>> = {
  resize: [{ width: int(1, 3000) }, { height: int(1, 3000), fit: one('clip', 'max', 'scale', 'crop'), align }],
  crop: [{ dim: ints([0, 90], [0, 90], [1, 900], [1, 900]) }, {}],
  rotate: [{ deg: one('0', '90', '45', '12.5', '359') }, { background: colour }],
  flip: [{}, {}],
  flop: [{}, {}],
  smart_crop: [{ width: int(1, 900), height: int(1, 900) }, { mode: one('auto') }],
  upscale: [{}, {}],
  watermark: [{ file: one(...HANDLES) }, { size: int(1, 500), position: align }],
  blur: [{}, { amount: tenths(0, 20) }],
  sharpen: [{}, { amount: tenths(0, 20) }],
  blackwhite: [{}, { threshold: int(0, 100) }],
  monochrome: [{}, {}],
  negative: [{}, {}],
  enhance: [{}, { preset: one('auto', 'vivid', 'beautify', 'beautify_plus', 'fix_dark', 'fix_noise', 'fix_tint', 'outdoor', 'fireworks') }],
  modulate: [{}, { brightness: int(0, 1000), hue: int(0, 359), saturation: int(0, 1000) }],
  pixelate: [{}, { amount: int(2, 100) }],
  rounded_corners: [{}, { radius: fc.oneof(one('max'), int(1, 900)), blur: tenths(0, 20), background: colour }],
  circle: [{}, { background: colour }],
  border: [{}, { width: int(0, 90), color: colour, background: colour }],
  sepia: [{}, { tone: int(0, 100) }],
  vignette: [{}, { amount: int(0, 100), blurmode: one('linear', 'gaussian'), background: colour }],
  shadow: [{}, { blur: tenths(0, 20), opacity: int(0, 100), vector: ints([-90, 90], [-90, 90]), color: colour, background: colour }],
  polaroid: [{}, { color: colour, rotate: int(0, 359), background: colour }],
  torn_edges: [{}, { spread: ints([1, 9], [10, 90]), background: colour }],
  partial_blur: [{ objects: areas }, { amount: tenths(0, 20), blur: tenths(0, 20), type: one('rect', 'oval') }],
  partial_pixelate: [{ objects: areas }, { amount: int(2, 100), type: one('oval') }],
  oil_paint: [{}, { amount: int(1, 100) }],
  ascii: [{}, { size: int(10, 100), foreground: colour, background: colour, colored: one('true'), reverse: one('true', 'false') }],
  collage: [
    { files: fc.subarray(HANDLES, { minLength: 1 }), width: int(300, 900), height: int(300, 900) },
    { margin: int(0, 20), color: colour, fit: one('auto', 'crop') },
  ],
  output: [
    {},
    {
      format: one('jpg', 'pjpg', 'png', 'webp', 'gif'),
      quality: fc.oneof(one('input', 'auto', 'auto:low', 'lossless'), int(1, 100)),
      page: int(1, 9),
      background: colour,
      strip: one('true', 'false'),
      colorspace: one('rgb', 'input'),
      max_bytes: int(1, 90_000),
      anim: one('false'),
      palette: one('true'),
    },
  ],
  quality: [{ value: int(1, 100) }, {}],
  pjpg: [{}, { quality: int(1, 100), metadata: one('true') }],
  compress: [{}, { metadata: one('true', 'false') }],
  no_metadata: [{}, {}],
  auto_image: [{}, {}],
}

const argumentsOf = (values: Values): fc.Arbitrary<Task['params']> =>
  fc.tuple(...Object.entries(values).map(([name, value]) => value.map((given) => [name, given] as const)))

const taskNamed = (name: string): fc.Arbitrary<Task> => {
  const [needed, more] = TASKS[name] ?? [{}, {}]
  const some = fc
    .subarray(Object.keys(more))
    .chain((names) => argumentsOf(Object.fromEntries(names.map((each) => [each, more[each] as fc.Arbitrary<string>]))))
  return fc.tuple(argumentsOf(needed), some).map(([first, rest]) => ({ name, params: [...first, ...rest], items: [] }))
}

/** Some tasks in any order; not all of them go together. */
export const tasks: fc.Arbitrary<readonly Task[]> = fc.array(fc.constantFrom(...Object.keys(TASKS)).chain(taskNamed), {
  minLength: 1,
  maxLength: 5,
})
