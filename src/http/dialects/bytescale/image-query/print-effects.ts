import { decimal, type StepReader } from '../../../explain/printed.ts'
import type { Entry } from './values.ts'

/** In the one order that an image URL has. */
export function printEffects(steps: StepReader, density: number): readonly Entry[] {
  const entries: Entry[] = []
  const add = (name: string, value: number | string | true | undefined): void => {
    if (value !== undefined) entries.push([name, typeof value === 'number' ? decimal(value) : String(value)])
  }
  add('median', steps.take('median')?.size)
  const [blur, sharpen] = [steps.take('blur'), steps.take('sharpen')]
  add('blur', blur && blur.sigma / density)
  add('sharpen', sharpen && sharpen.sigma / density)
  add('pixelate', steps.take('pixelate')?.size)
  add('normalize', steps.take('normalize') && true)
  add('gamma', steps.take('gamma')?.exponent)
  const modulate = steps.take('modulate')
  for (const name of ['brightness', 'saturation', 'hue', 'lightness'] as const) add(name, modulate?.[name])
  add('contrast', steps.take('contrast')?.level)
  add('grayscale', steps.take('grayscale') && true)
  add('sepia', steps.take('sepia') && true)
  add('tint', steps.take('tint')?.colour)
  add('negate', steps.take('negate') && true)
  add('threshold', steps.take('threshold')?.level)
  return entries
}
