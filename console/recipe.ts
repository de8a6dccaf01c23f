import type { Fields } from './link.ts'

export type Parameters = Record<string, string | number | boolean>

/** Fields that are parameters of the same name. */
const PLAIN = ['w', 'h', 'fit', 'crop', 'rotate', 'brightness', 'contrast', 'saturation', 'blur', 'sharpen', 'f', 'q', 'max-bytes'] as const
const SWITCHES = ['flop', 'grayscale'] as const
/** Formats that are lossless by a wish. */
export const LOSSLESS_FORMATS: readonly unknown[] = ['webp', 'jxl']
/** Formats without a quality. */
const EXACT_FORMATS: readonly unknown[] = ['png', 'gif']
const TEXT_PADDING_PX = 24
const TEXT_WEIGHT = 700

/**
 * What the form says, as the groups of parameters that the SDK's UrlBuilder takes: those of the picture, then those of its text.
 * @param fields the fields that change something.
 */
export function recipeOf(fields: Fields): Parameters[] {
  const picture: Parameters = {}
  for (const name of PLAIN) if (fields.has(name)) picture[name] = fields.get(name) ?? ''
  for (const name of SWITCHES) if (fields.has(name)) picture[name] = true
  if (picture['w'] === undefined && picture['h'] === undefined) delete picture['fit']
  if (picture['fit'] !== 'crop') delete picture['crop']
  if (LOSSLESS_FORMATS.includes(picture['f']) && fields.has('lossless')) picture['lossless'] = true
  if (picture['f'] === 'png' && fields.has('palette')) picture['palette'] = true
  if (fields.has('anim')) picture['anim'] = false
  if (fields.has('target')) picture['q'] = fields.get('target') ?? ''
  if (EXACT_FORMATS.includes(picture['f']) || picture['lossless'] === true) delete picture['q']
  const text = fields.get('text')
  if (text === undefined) return [picture]
  const layer: Parameters = {
    text,
    gravity: fields.get('gravity') ?? 'bottom-right',
    'font-size': fields.get('font-size') ?? '40',
    'font-weight': TEXT_WEIGHT,
    color: (fields.get('color') ?? '#ffffff').slice(1),
    'layer-opacity': fields.get('layer-opacity') ?? '90',
    padding: TEXT_PADDING_PX,
  }
  return [picture, layer]
}
