import { step } from '../../../image/plan.ts'
import { differs, lost, type Word } from '../foreign.ts'
import { effect, number } from '../values.ts'
import { contrast, near, percentage, sepia } from './near.ts'

/** A number behind the name of an effect, or the one that it has without. */
const usual =
  (value: string, word: Word): Word =>
  (text, sheet) =>
    word(text === '' ? value : text, sheet)

/** Effects by their names, without `e_`. */
export const EFFECTS: Readonly<Record<string, Word>> = {
  grayscale: (_text, sheet) => effect(sheet, step('grayscale', {})) as undefined,
  negate: (_text, sheet) => effect(sheet, step('negate', {})) as undefined,
  sepia: (_text, sheet) => sepia(sheet),
  blackwhite: usual(
    '50',
    near('The threshold is a level of luma.', [0, 100], (value) => step('threshold', { level: value * 2.55 }), -1),
  ),
  blur: usual(
    '100',
    near('A fiftieth of the strength counts as the standard deviation.', [1, 2000], (value) => step('blur', { sigma: value / 50 })),
  ),
  sharpen: usual(
    '100',
    near('A hundredth of the strength is the sigma of an unsharp mask.', [1, 2000], (value) =>
      step('sharpen', { sigma: Math.min(10, value / 100) }),
    ),
  ),
  pixelate: usual(
    '5',
    number(2, 200, (value, sheet) =>
      value > 100 ? lost('Squares have up to 100 pixels here.') : effect(sheet, step('pixelate', { size: Math.round(value) })),
    ),
  ),
  brightness: usual('80', percentage('brightness')),
  saturation: usual('80', percentage('saturation')),
  contrast: usual('0', contrast),
  hue: usual(
    '80',
    near('The hue is turned in CIE LCh.', [-100, 100], (value) => step('modulate', { hue: value * 3.6 })),
  ),
  trim: usual(
    '10',
    number(0, 100, (value, sheet) => {
      sheet.trim = value * 2.55
      return differs('The border is what looks like the upper left pixel.')
    }),
  ),
}
