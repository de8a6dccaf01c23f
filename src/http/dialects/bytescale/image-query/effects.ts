import { step, type Step } from '../../../../image/plan.ts'
import type { Args } from '../../../args.ts'
import { numberOrTrue, readColour } from './values.ts'

/**
 * Colour and sharpness, in one fixed order: clean-up, tones, colours, and the threshold that leaves two tones. Where the vendor's names
 * and ranges are not known, they are sharp's (docs/protocols/bytescale.md §3.4).
 */
export function readEffects(args: Args, density: number): Step[] {
  return [...readClarity(args, density), ...readTones(args), ...readColours(args)]
}

function readClarity(args: Args, density: number): Step[] {
  const median = numberOrTrue(args, 'median', { min: 1, max: 15 }, 3)
  const blur = args.number({ min: 0, max: 1000 }, 'blur')
  const sharpen = numberOrTrue(args, 'sharpen', { min: 0, max: 10 }, 1)
  const pixelate = args.integer({ min: 2, max: 100 }, 'pixelate') // ours, as `sepia` below
  return [
    ...(median === undefined ? [] : [step('median', { size: median }, 'median')]),
    ...(blur === undefined ? [] : [step('blur', { sigma: blur * density }, 'blur')]),
    ...(sharpen === undefined ? [] : [step('sharpen', { sigma: sharpen * density }, 'sharpen')]),
    ...(pixelate === undefined ? [] : [step('pixelate', { size: pixelate }, 'pixelate')]),
  ]
}

function readTones(args: Args): Step[] {
  const gamma = numberOrTrue(args, 'gamma', { min: 1, max: 3 }, 2.2)
  const contrast = args.number({ min: -100, max: 100 }, 'contrast')
  return [
    ...(args.flag('normalize', 'normalise') ? [step('normalize', {})] : []),
    ...(gamma === undefined ? [] : [step('gamma', { exponent: gamma }, 'gamma')]),
    ...readModulation(args),
    ...(contrast === undefined ? [] : [step('contrast', { level: contrast }, 'contrast')]),
  ]
}

/** sharp's `modulate`: two multipliers, an angle, an addend. */
function readModulation(args: Args): Step[] {
  const brightness = args.number({ min: 0, max: 100 }, 'brightness')
  const saturation = args.number({ min: 0, max: 100 }, 'saturation')
  const hue = args.number({ min: -360, max: 360 }, 'hue')
  const lightness = args.number({ min: -100, max: 100 }, 'lightness')
  if ([brightness, saturation, hue, lightness].every((value) => value === undefined)) return []
  return [
    step('modulate', {
      ...(brightness !== undefined && { brightness }),
      ...(saturation !== undefined && { saturation }),
      ...(hue !== undefined && { hue }),
      ...(lightness !== undefined && { lightness }),
    }),
  ]
}

function readColours(args: Args): Step[] {
  const tint = readColour(args, 'tint')
  const threshold = numberOrTrue(args, 'threshold', { min: 0, max: 255 }, 128)
  return [
    ...(args.flag('grayscale', 'greyscale') ? [step('grayscale', {})] : []),
    ...(args.flag('sepia') ? [step('sepia', {})] : []),
    ...(tint === undefined ? [] : [step('tint', { colour: tint }, 'tint')]),
    ...(args.flag('negate', 'invert') ? [step('negate', {})] : []),
    ...(threshold === undefined ? [] : [step('threshold', { level: threshold }, 'threshold')]),
  ]
}
