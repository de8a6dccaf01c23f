import { numbersOf } from '../geometry.ts'
import type { SvgElement } from '../xml.ts'

/** Of a pixel of the filter's region, in nanoseconds, for a primitive whose units are so many pixels. */
export function primitiveNs({ name, attributes }: SvgElement, unit: number, regionPixels: number): number {
  const list = (key: string): readonly number[] => numbersOf(attributes.get(key))
  switch (name) {
    case 'feGaussianBlur':
    case 'feDropShadow':
      return 400
    case 'feTurbulence':
      return 450 + 200 * Math.max(1, list('numOctaves')[0] ?? 1)
    case 'feConvolveMatrix': {
      const [columns = 3, rows = columns] = list('order')
      return 100 + 22 * Math.abs(columns * rows)
    }
    case 'feMorphology': {
      const [x = 0, y = x] = list('radius').map((radius) => 2 * Math.ceil(Math.abs(radius) * unit) + 1)
      return 100 + 4 * Math.min(x * y, regionPixels)
    }
    case 'feDiffuseLighting':
    case 'feSpecularLighting':
      return 350
    default:
      return 200
  }
}
