import * as z from 'zod'
import { POSITIONS } from '../../../../image/geometry.ts'
import { colour, flag, names, number, of, orTrue, pixels, told } from './describe.ts'
import { LAYERS } from './described-layers.ts'
import { DELIVERY, OUTPUT } from './described-output.ts'
import { FITS, SMART } from './framing.ts'

/** The parameters of an image URL, for `/-/openapi.json`. What an operation does is told in its own words. */

const crop = (text: string, schema: z.ZodType<number>, example: number) =>
  of('crop', `${text}, in pixels of the file turned as its EXIF orientation says.`, schema, example)
const margin = (side: string) => of('extend', `Pixels ${side}, in \`bg\`, else transparent.`, pixels(0), 20)

const FRAMING = {
  'crop-x': crop('Left edge; 0 without it', pixels(0), 100),
  'crop-y': crop('Upper edge; 0 without it', pixels(0), 50),
  'crop-w': crop('Width; to the right edge without it', z.int().min(1), 800),
  'crop-h': crop('Height; to the lower edge without it', z.int().min(1), 600),
  trim: of('trim', 'The largest difference of an edge, in levels of 255; `true` is 10.', orTrue(number(0, 255)), 10),
  rotate: of('rotate', 'Degrees; new corners get `bg`, else they are transparent.', number(-360, 360), 90),
  flip: told('`true` exchanges top and bottom.', flag(), true),
  flop: told('`true` exchanges left and right.', flag(), true),
  w: told('Width of the result in pixels, before `dpr` multiplies it. Alone it keeps the aspect ratio.', z.int().min(1), 800),
  h: told('Height of the result in pixels, before `dpr` multiplies it. Alone it keeps the aspect ratio.', z.int().min(1), 600),
  fit: of('resize', 'What `w` and `h` mean; `max` without it, or `crop` where `crop` is given.', names(FITS), 'crop'),
  crop: of(
    'cover',
    'With `fit=crop`, `shrink-crop` and, without the smart ones, `pad`; `center` without it.',
    names({ ...Object.fromEntries(POSITIONS.map((name) => [name, name])), ...SMART }),
    'smart',
  ),
  'extend-top': margin('above'),
  'extend-right': margin('at the right'),
  'extend-bottom': margin('below'),
  'extend-left': margin('at the left'),
  'border-radius': of('roundCorners', 'Pixels, or `max`.', z.union([z.literal('max'), z.number().min(0)]), 24),
  bg: of('flatten', '`rgb`, `rrggbb` or `rrggbbaa`; also the colour of margins and new corners.', colour(), 'ffffff'),
  background: told('The same as `bg`.', colour(), 'ffffff'),
  dpr: told(
    'Multiplies every length that is measured in pixels of the result: sides, margins, fonts, paddings, radii, `blur`.',
    number(0.1, 10),
    2,
  ),
}

const EFFECTS = {
  median: of('median', 'The side of the square in pixels, odd; `true` is 3.', orTrue(number(1, 15)), 5),
  blur: told('Gaussian blur: its sigma in pixels.', number(0, 1000), 4),
  sharpen: of('sharpen', 'Sigma, in pixels; `true` is 1.', orTrue(number(0, 10)), 1),
  pixelate: of('pixelate', 'Their side in pixels.', z.int().min(2).max(100), 12),
  normalize: of('normalize', '`true`.', flag(), true),
  normalise: told('The same as `normalize`.', flag(), true),
  gamma: of('gamma', 'The exponent; `true` is 2.2.', orTrue(number(1, 3)), 2.2),
  brightness: of('modulate', 'Multiplies the lightness; 1 changes nothing.', number(0, 100), 1.2),
  saturation: of('modulate', 'Multiplies the chroma; 1 changes nothing, 0 is grey.', number(0, 100), 1.5),
  hue: of('modulate', 'Degrees by which hues turn.', number(-360, 360), 90),
  lightness: of('modulate', 'Is added to the lightness, which goes from 0 to 100.', number(-100, 100), 10),
  contrast: of('contrast', 'In percent; more than 0 increases it.', number(-100, 100), 20),
  grayscale: of('grayscale', '`true`.', flag(), true),
  greyscale: told('The same as `grayscale`.', flag(), true),
  sepia: of('sepia', '`true`.', flag(), true),
  tint: of('tint', 'As `rgb` or `rrggbb`.', colour(), 'ff8800'),
  negate: of('negate', '`true`.', flag(), true),
  invert: told('The same as `negate`.', flag(), true),
  threshold: of('threshold', 'The level, of 255; `true` is 128.', orTrue(number(0, 255)), 128),
}

export const DELIVERY_QUERY = z.strictObject(DELIVERY)
export const IMAGE_QUERY = z.strictObject({ ...FRAMING, ...EFFECTS, ...LAYERS, ...OUTPUT, ...DELIVERY })
