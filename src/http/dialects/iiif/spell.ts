import type { Rectangle } from '../../../image/geometry.ts'
import { isDecided } from '../../../image/plan.ts'
import type { Shape } from '../../../image/raster.ts'
import { decimal, type ParamsOf, readSteps, type StepReader, verified } from '../../explain/printed.ts'
import type { Spell, Spelling } from '../../explain/spellings.ts'
import { baseUri } from './address.ts'
import { BITONAL_LEVEL, FORMATS, parseImage, type QUALITIES } from './parse.ts'

const ENDLESS = { maxWidth: Infinity, maxArea: Infinity }

/** The 3.0 URI of a plan. Sizes are marked with `^`, since the size of the source is not asked for. */
export const spellIiif: Spell = ({ account, path, plan }) => {
  if (plan.info) return { reason: 'IIIF tells of a picture by its info.json alone.' }
  const steps = readSteps(plan.steps)
  const cut = steps.take('crop', isPixels)
  const scaling = steps.take('resize', ({ width, height, fit }) => fit === 'stretch' && isCount(width) && isCount(height))
  const isMirrored = steps.take('flip', ({ axis }) => axis === 'horizontal') !== undefined
  const degrees = steps.take('rotate', ({ degrees: wished }) => wished >= 0)?.degrees ?? 0
  const quality = takeQuality(steps)
  const [left] = steps.left()
  if (left) return { reason: `IIIF has no word for ${JSON.stringify(left)} in this place.` }
  const format = isDecided(plan.output.format) ? plan.output.format : undefined
  const extension = Object.entries(FORMATS).find(([, name]) => name === format)?.[0]
  if (extension === undefined) return { reason: `IIIF has no name for the format ${JSON.stringify(plan.output.format)}.` }
  const size = scaling && { width: Number(scaling.width), height: Number(scaling.height) }
  const region = cut && { x: Number(cut.x), y: Number(cut.y), width: Number(cut.width), height: Number(cut.height) }
  const words = {
    region: region ? [region.x, region.y, region.width, region.height].join(',') : 'full',
    size: size ? `^${size.width},${size.height}` : 'max',
    rotation: `${isMirrored ? '!' : ''}${decimal(degrees)}`,
    quality,
    format: extension,
  }
  const { reason } = verified(plan, words, (given) => parseImage(given, '3', someImage(region, size), ENDLESS).plan)
  if (reason !== undefined) return { reason }
  return get(`${baseUri('', account, '3', path)}/${words.region}/${words.size}/${words.rotation}/${words.quality}.${words.format}`)
}

const get = (url: string): Spelling => ({ method: 'GET', url })

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1
const isPlace = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0
const isPixels = ({ x, y, width, height, position, fit }: ParamsOf<'crop'>): boolean =>
  isPlace(x) && isPlace(y) && isCount(width) && isCount(height) && position === 'top-left' && !fit

function takeQuality(steps: StepReader): keyof typeof QUALITIES {
  if (steps.take('grayscale')) return 'gray'
  return steps.take('threshold', ({ level }) => level === BITONAL_LEVEL) ? 'bitonal' : 'default'
}

/** A picture of which the region is a part, and which the scaling changes. */
function someImage(region: Rectangle | undefined, size: Shape | undefined): Shape {
  if (region) return { width: region.x + region.width + 1, height: region.y + region.height + 1 }
  return { width: (size?.width ?? 1) + 1, height: (size?.height ?? 1) + 1 }
}
