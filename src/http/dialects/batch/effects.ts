import { step, type Step } from '../../../image/plan.ts'
import { required, type JsonFields } from './json-fields.ts'

const MAX_BLUR = 10_000

/** `sigma` is required, `radius` is 0 when absent; neither is negative nor above 10,000 (docs/protocols/batch.md §4.2) */
export function blur(fields: JsonFields): Step[] {
  const sigma = required(fields.number('sigma', { min: 0, max: MAX_BLUR }), fields.at('sigma'), 'a number')
  const radius = fields.number('radius', { min: 0, max: MAX_BLUR }) ?? 0
  return [step('blur', { sigma, radius }, fields.at('sigma'))]
}

/** A fraction is cut off (docs/protocols/batch.md §4.3) */
export function brightness(fields: JsonFields): Step[] {
  const level = required(fields.number('bright_level', { min: -255, max: 255 }), fields.at('bright_level'), 'a number from -255 to 255')
  return [step('brightness', { level: Math.trunc(level) }, fields.at('bright_level'))]
}

/** A component that is absent is 0 (docs/protocols/batch.md §4.4) */
export function colorize(fields: JsonFields): Step[] {
  const component = (name: string): number => Math.trunc(fields.number(name, { min: 0, max: 255 }) ?? 0)
  return [step('colorize', { red: component('red'), green: component('green'), blue: component('blue') })]
}

export function contrast(fields: JsonFields): Step[] {
  const level = required(fields.number('level', { min: -100, max: 100 }), fields.at('level'), 'a number from -100 to 100')
  return [step('contrast', { level }, fields.at('level'))]
}

export const enhance = (): Step[] => [step('enhance', {})]

/** The table of docs/protocols/batch.md §4.8 with GD's kernels. `smooth` has the weight 1 in the middle, so it is the plain mean. */
export const FILTERS = {
  bw: () => [step('threshold', { level: 128 })],
  sepia: () => [step('sepia', {})],
  negate: () => [step('negate', {})],
  grayscale: () => [step('grayscale', {})],
  edgedetect: () => [step('convolve', { kernel: [-1, 0, -1, 0, 4, 0, -1, 0, -1], divisor: 1, offset: 127 })],
  emboss: () => [step('convolve', { kernel: [1.5, 0, 0, 0, 0, 0, 0, 0, -1.5], divisor: 1, offset: 127 })],
  blurgaussian: () => [step('convolve', { kernel: [1, 2, 1, 2, 4, 2, 1, 2, 1], divisor: 16, offset: 0 })],
  blurselective: () => [step('selectiveBlur', {})],
  meanremoval: () => [step('convolve', { kernel: [-1, -1, -1, -1, 9, -1, -1, -1, -1], divisor: 1, offset: 0 })],
  smooth: () => [step('convolve', { kernel: [1, 1, 1, 1, 1, 1, 1, 1, 1], divisor: 9, offset: 0 })],
} as const satisfies Record<string, () => Step[]>

export const filter = (fields: JsonFields): Step[] =>
  required(fields.oneOf('filter', FILTERS), fields.at('filter'), `one of ${Object.keys(FILTERS).join(', ')}`)()
