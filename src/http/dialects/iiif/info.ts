import type { Shape } from '../../../image/raster.ts'
import { FORMATS, QUALITIES } from './parse.ts'
import { largest, type SizeLimits } from './size.ts'
import { contextOf, profileOf, type Version } from './version.ts'

/** Sides of a tile. */
const TILE = 512

/** Formats and features beyond level 2, by the names of the specifications. */
const EXTRA_FEATURES = {
  2: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'regionSquare', 'rotationArbitrary', 'sizeAboveFull'],
  3: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
} as const
const OF_LEVEL_2: readonly string[] = ['jpg', 'png']

export interface InfoFacts {
  readonly version: Version
  /** The URI of the picture. */
  readonly id: string
  /** The upright picture. */
  readonly image: Shape
  readonly limits: SizeLimits
  /** Whether AVIF is written here. */
  readonly writesAvif: boolean
}

/** The `info.json` of a picture (Image API 3.0 §5, 2.1 §5). It says nothing of rights. */
export function describeImage(facts: InfoFacts): object {
  const { version, id, image, limits, writesAvif } = facts
  const scaleFactors = factorsOf(image)
  const sizes = sizesOf(image, limits, scaleFactors)
  const tiles = [{ width: TILE, height: TILE, scaleFactors }]
  const formats = Object.keys(FORMATS).filter((name) => !OF_LEVEL_2.includes(name) && (name !== 'avif' || writesAvif))
  const qualities = Object.keys(QUALITIES).filter((name) => name !== 'default')
  const size = { width: image.width, height: image.height }
  const protocol = 'http://iiif.io/api/image'
  if (version === '2') {
    const extras = { formats, qualities, supports: EXTRA_FEATURES[2], ...limits }
    return { '@context': contextOf(version), '@id': id, protocol, ...size, sizes, tiles, profile: [profileOf(version), extras] }
  }
  return {
    '@context': contextOf(version),
    id,
    type: 'ImageService3',
    protocol,
    profile: 'level2',
    ...size,
    ...limits,
    sizes,
    tiles,
    extraFormats: formats,
    extraQualities: qualities,
    extraFeatures: EXTRA_FEATURES[3],
  }
}

/** 1, 2, 4 and so on, until the whole picture is in one tile. */
function factorsOf({ width, height }: Shape): readonly number[] {
  const factors = [1]
  for (let factor = 1; Math.max(width, height) > TILE * factor; factors.push(factor)) factor *= 2
  return factors
}

/** The whole picture at each factor, the smallest first, as far as the limits allow. */
function sizesOf({ width, height }: Shape, limits: SizeLimits, factors: readonly number[]): readonly Shape[] {
  return factors
    .toReversed()
    .map((factor) => ({ width: Math.ceil(width / factor), height: Math.ceil(height / factor) }))
    .filter((size) => {
      const fitting = largest(size, limits, false)
      return fitting.width === size.width && fitting.height === size.height
    })
}
