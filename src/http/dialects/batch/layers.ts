import { step, type Step } from '../../../image/plan.ts'
import { familyNamed, isBoldName } from '../../../image/text/families.ts'
import { checkFilePath } from '../../../service/files/path.ts'
import { required, invalidField, type JsonFields } from './json-fields.ts'
import { readColour, readPlacement, readSides } from './lengths.ts'

const MAX_TEXT_LENGTH = 1000
const MAX_FONT_SIZE_PX = 10_000

/** `text`, `size` and `color` are required; an empty text changes nothing (docs/protocols/batch.md §4.1) */
export function annotation(fields: JsonFields): Step[] {
  const text = required(fields.text('text'), fields.at('text'), 'a string')
  if (text.length > MAX_TEXT_LENGTH) throw invalidField(fields.at('text'), `at most ${MAX_TEXT_LENGTH} characters`, text)
  const size = required(fields.number('size', { max: MAX_FONT_SIZE_PX }), fields.at('size'), 'a number above 0')
  if (size <= 0) throw invalidField(fields.at('size'), 'a number above 0', size)
  const colour = required(readColour(fields, 'color'), fields.at('color'), 'a hexadecimal colour such as #rrggbb')
  const params = { text, size, colour, ...readFont(fields), ...readPlacement(fields) }
  return text === '' ? [] : [step('text', params, fields.at('text'))]
}

/** A text that begins with a slash is the path of a font file in the storage. Any other text is the name of a bundled font. */
function readFont(fields: JsonFields) {
  const font = fields.text('font') ?? ''
  if (font.startsWith('/')) return { font: { path: checkFilePath(font, fields.at('font')) } }
  return { font: familyNamed(font), weight: isBoldName(font) ? 700 : 400 }
}

/** `source`, and `Source` as well (docs/protocols/batch.md §4.14) */
export function watermark(fields: JsonFields): Step[] {
  const name = fields.raw('source') === undefined ? 'Source' : 'source'
  const source = required(fields.text(name), fields.at('source'), 'the path of an image')
  const path = storagePath(source, fields.at(name))
  return [step('composite', { path, ...readSides(fields), ...readPlacement(fields) }, fields.at('width'))]
}

/** One leading slash is optional. `..`, empty segments and control characters are errors (docs/protocols/batch.md §1.1) */
export const storagePath = (path: string, field: string): string => checkFilePath(path.startsWith('/') ? path : `/${path}`, field)
