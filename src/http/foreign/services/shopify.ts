import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { fileAt } from '../source.ts'
import { colour, format, number, oneOf, quality } from '../values.ts'

const HOST = /^cdn\.shopify\.com$|\.myshopify\.com$/
const STORE = /\/cdn\/shop\//
/** The older form: options behind the name of the file. */
const SUFFIX =
  /_(\d+x\d*|x\d+|pico|icon|thumb|small|compact|medium|large|grande|original|master)(?:_crop_(\w+))?(?:@(\d)x)?(?:\.(progressive))?(\.\w+)$/

/** Sides of the box; 0: the own size. */
const SIZES: Readonly<Record<string, number>> = {
  pico: 16,
  icon: 32,
  thumb: 50,
  small: 100,
  compact: 160,
  medium: 240,
  large: 480,
  grande: 600,
  original: 0,
  master: 0,
}

const position: Word = oneOf({
  center: (sheet) => void ([sheet.fit, sheet.position] = ['shrink-crop', 'center']),
  top: (sheet) => void ([sheet.fit, sheet.position] = ['shrink-crop', 'top']),
  bottom: (sheet) => void ([sheet.fit, sheet.position] = ['shrink-crop', 'bottom']),
  left: (sheet) => void ([sheet.fit, sheet.position] = ['shrink-crop', 'left']),
  right: (sheet) => void ([sheet.fit, sheet.position] = ['shrink-crop', 'right']),
  region: (sheet) => void (sheet.window ??= {}),
})

const edge = (name: 'x' | 'y' | 'width' | 'height'): Word => number(0, 20_000, (value, sheet) => void ((sheet.window ??= {})[name] = value))

const words: Readonly<Record<string, Word>> = {
  width: number(1, 5760, (value, sheet) => void (sheet.width = value)),
  height: number(1, 5760, (value, sheet) => void (sheet.height = value)),
  size: (text, sheet) => {
    const named = SIZES[text]
    const [across, down] = named === undefined ? text.split('x').map(Number) : [named, named]
    if (across) sheet.width = across
    if (down) sheet.height = down
    return undefined
  },
  crop: position,
  crop_left: edge('x'),
  crop_top: edge('y'),
  crop_width: edge('width'),
  crop_height: edge('height'),
  scale: number(1, 3, (value, sheet) => void (sheet.density = value)),
  pad_color: colour((value, sheet) => {
    ;[sheet.fit, sheet.background] = ['pad', value]
    return differs('A picture that is smaller than the box is enlarged.')
  }),
  format: format({ pjpg: () => differs('Whether a JPEG is progressive is not chosen.') }),
  quality,
  progressive: () => differs('Whether a JPEG is progressive is not chosen.'),
  v: (text, sheet) => void (sheet.delivery['version'] = text),
}

function open({ pathname, searchParams }: URL): Opened | null {
  const query = [...searchParams].map(([name, value]): Parameter => ({ name, value }))
  const found = SUFFIX.exec(pathname)
  if (!found) return { source: fileAt(pathname), parameters: query }
  const [whole, size = '', crop, scale, progressive, extension = ''] = found
  const given: Readonly<Record<string, string | undefined>> = { size, crop, scale, progressive }
  const parameters = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
  return { source: fileAt(pathname.slice(0, -whole.length) + extension), parameters: [...parameters, ...query] }
}

/** Of a crop without both sides nothing is cut. */
function settle({ fit, width, height }: Sheet, given: ReadonlyMap<string, string>): Readonly<Record<string, Verdict>> {
  return fit === 'shrink-crop' && (width === undefined || height === undefined) && given.has('crop')
    ? { crop: lost('With one side nothing is cut.') }
    : {}
}

/** Shopify. Source: shopify.dev/docs/api/liquid/filters/image_url. */
export const shopify: ForeignService = {
  recognises: ({ hostname, pathname }) => HOST.test(hostname) || STORE.test(pathname),
  open,
  defaults: { fit: 'shrink' },
  words,
  settle,
}
