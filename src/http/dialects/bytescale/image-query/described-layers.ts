import * as z from 'zod'
import { COMPOSITE_MODES } from '../../../../image/definitions/blend-modes.ts'
import { POSITIONS } from '../../../../image/geometry.ts'
import { colour, flag, number, of, pixels, told } from './describe.ts'
import { MAX_TEXT_LENGTH } from './limits.ts'

const MOST_PX = 10_000
const padding = (where: string) => told(`Pixels between the layer and the edges, ${where}.`, pixels(0, MOST_PX), 20)

/** Of a layer: behind `text` or `image`, in the order of the URL. */
export const LAYERS = {
  text: of('text', 'Begins a layer; `%0A` begins a line.', z.string().max(MAX_TEXT_LENGTH), 'Hello'),
  image: of('composite', 'Begins a layer: the path of a picture of the account.', z.string(), '/logos/logo.png'),
  color: told('Of the text before it: `rgb`, `rrggbb` or `rrggbbaa`; black without it.', colour(), 'ffffff'),
  font: told(
    'Of the text before it: the path of a font of the account, with a slash at its beginning, or a family (sans without it).',
    z.string(),
    'Times',
  ),
  'font-size': told('Of the text before it, in pixels; 40 without it.', number(1, MOST_PX), 32),
  'font-weight': told('Of the text before it; 400 without it, bold from 600 on.', z.int().min(1).max(1000), 700),
  'layer-w': told('Width of the picture before it, in pixels; alone it keeps its aspect ratio.', z.int().min(1).max(MOST_PX), 120),
  'layer-h': told('Height of the picture before it, in pixels; alone it keeps its aspect ratio.', z.int().min(1).max(MOST_PX), 80),
  gravity: told('Where the layer lies; `center` without it.', z.enum(POSITIONS), 'bottom-right'),
  padding: padding('on all sides'),
  'padding-x': padding('at the left and the right; wins over `padding`'),
  'padding-y': padding('at the top and the bottom; wins over `padding`'),
  'padding-top': padding('at the top; wins over `padding-y`'),
  'padding-right': padding('at the right; wins over `padding-x`'),
  'padding-bottom': padding('at the bottom; wins over `padding-y`'),
  'padding-left': padding('at the left; wins over `padding-x`'),
  'layer-opacity': told('In percent: 0 is invisible, 100 hides what is below.', number(0, 100), 60),
  'layer-rotate': told('Degrees, clockwise; the turned layer is placed.', number(-360, 360), 15),
  blend: told(
    'How the colours of the layer mix with those below; `over` without it.',
    z.enum(['normal', 'colour-dodge', 'colour-burn', ...COMPOSITE_MODES]),
    'multiply',
  ),
  repeat: told('`true`: copies of the layer cover the picture.', flag(), true),
}
