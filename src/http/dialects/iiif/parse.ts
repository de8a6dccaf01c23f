import { AppError } from '../../../errors.ts'
import { DEFAULT_OUTPUT, step, type FormatName, type Step, type TransformPlan } from '../../../image/plan.ts'
import type { Rectangle } from '../../../image/geometry.ts'
import type { Shape } from '../../../image/raster.ts'
import { invalidParameter } from '../../args.ts'
import { decimal } from '../../explain/printed.ts'
import type { ImageWords } from './address.ts'
import { readRegion } from './region.ts'
import { largest, readSize, type SizeLimits } from './size.ts'
import type { Version } from './version.ts'

/** The formats of results by their names in URLs. */
export const FORMATS = { jpg: 'jpeg', png: 'png', webp: 'webp', gif: 'gif', avif: 'avif' } as const satisfies Record<string, FormatName>
/** Formats that the specifications name and that are not written here. */
const NOT_WRITTEN: readonly string[] = ['tif', 'jp2', 'pdf']

/** The lowest luma that is white. */
export const BITONAL_LEVEL = 128

export const QUALITIES = {
  default: [],
  color: [],
  gray: [step('grayscale', {})],
  bitonal: [step('threshold', { level: BITONAL_LEVEL })],
} as const satisfies Record<string, readonly Step[]>

const ROTATION = /^(!?)(\d{1,3}(?:\.\d{1,9})?|\.\d{1,9})$/

export interface ImageWish {
  readonly plan: TransformPlan
  /** The same wish as its canonical URI spells it, from the region on (Image API 3.0 §4.8, 2.1 §4.7). */
  readonly canonical: string
}

/**
 * The parameters of an image URI as a plan: region, size, mirror, rotation, quality, in this order (Image API 3.0 §4.6). Words that mean the same pixels of `image`
 * give one plan: a cut where less than everything is wished, and a size where that is another one.
 * @param image the upright picture.
 * @throws AppError `invalid_parameter`, with the parameter's name.
 */
export function parseImage(words: ImageWords, version: Version, image: Shape, limits: SizeLimits): ImageWish {
  const region = readRegion(words.region, image)
  const size = readSize(words.size, version, region, limits)
  const { isMirrored, degrees } = readRotation(words.rotation)
  const quality = oneOf(QUALITIES, 'quality', words.quality)
  const format = readFormat(words.format)
  const isWhole = region.width === image.width && region.height === image.height
  const isScaled = size.width !== region.width || size.height !== region.height
  const steps: readonly Step[] = [
    ...(isWhole ? [] : [step('crop', { ...region, position: 'top-left' }, 'region')]),
    ...(isScaled ? [step('resize', { width: size.width, height: size.height, fit: 'stretch' }, 'size')] : []),
    ...(isMirrored ? [step('flip', { axis: 'horizontal' }, 'rotation')] : []),
    ...(degrees === 0 ? [] : [step('rotate', { degrees }, 'rotation')]),
    ...quality.value,
  ]
  const canonical = [
    isWhole ? 'full' : [region.x, region.y, region.width, region.height].join(','),
    canonicalSize(size, region, version, limits),
    `${isMirrored ? '!' : ''}${decimal(degrees)}`,
    `${quality.name === 'color' ? 'default' : quality.name}.${words.format}`,
  ].join('/')
  // An animation is many pictures, and the URI is that of one.
  return { plan: { steps, output: { ...DEFAULT_OUTPUT, format, still: true } }, canonical }
}

function oneOf<T extends object, K extends keyof T & string>(
  table: T,
  field: string,
  text: string,
): { readonly name: K; readonly value: T[K] } {
  if (!Object.hasOwn(table, text)) throw invalidParameter(field, `one of ${Object.keys(table).join(', ')}`, text)
  const name = text as K // it has it
  return { name, value: table[name] }
}

function readRotation(text: string): { readonly isMirrored: boolean; readonly degrees: number } {
  const [, mirror, angle] = ROTATION.exec(text) ?? []
  const degrees = Number(angle)
  if (!(degrees >= 0 && degrees <= 360)) throw invalidParameter('rotation', 'degrees from 0 to 360, with "!" in front for a mirror', text)
  return { isMirrored: mirror === '!', degrees: degrees % 360 }
}

function readFormat(text: string): FormatName {
  if (NOT_WRITTEN.includes(text))
    throw new AppError('not_implemented', {
      field: 'format',
      reason: `Expected one of ${Object.keys(FORMATS).join(', ')}, received ${JSON.stringify(text)}, which is not written here.`,
    })
  return oneOf(FORMATS, 'format', text).value
}

/** In 2.1 a width alone stands for a size of the region's own aspect ratio. */
function canonicalSize(size: Shape, region: Rectangle, version: Version, limits: SizeLimits): string {
  const isSize = (other: Shape): boolean => other.width === size.width && other.height === size.height
  if (isSize(largest(region, limits, false))) return version === '2' && isSize(region) ? 'full' : 'max'
  if (version === '2') {
    const isInProportion = isSize(readSize(`${size.width},`, version, region, { maxWidth: Infinity, maxArea: Infinity }))
    return isInProportion ? `${size.width},` : `${size.width},${size.height}`
  }
  if (isSize(largest(region, limits, true))) return '^max'
  const mark = size.width > region.width || size.height > region.height ? '^' : ''
  return `${mark}${size.width},${size.height}`
}
