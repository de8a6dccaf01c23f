import { readArgs } from '../../args.ts'
import { lost } from '../../foreign/foreign.ts'
import type { Words } from '../../foreign/read.ts'
import { format, number, oneOf, setOutput } from '../../foreign/values.ts'
import type { Door } from './door.ts'
import { demanded, divided } from './query.ts'
import { readOptions } from './words.ts'

const side = (name: 'width' | 'height') => number(1, 100_000, (value, sheet) => void (sheet[name] = Math.round(value)))
const [width, height] = [side('width'), side('height')]
const quality = number(1, 100, (value, sheet) => setOutput(sheet, { quality: Math.round(value) }))
const fm = format({ auto: () => lost('A format is chosen for each client where none is named.') })

/** Nothing is enlarged, as its development server has it (github.com/netlify/cli). */
const words: Words = {
  defaults: { fit: 'shrink', output: { format: 'auto', quality: 75 } },
  words: {
    w: width,
    width,
    h: height,
    height,
    fit: oneOf({
      contain: (sheet) => void (sheet.fit = 'shrink'),
      cover: (sheet) => void (sheet.fit = 'aspect-crop'),
      fill: (sheet) => void (sheet.fit = 'stretch'),
    }),
    position: oneOf({
      center: (sheet) => void (sheet.position = 'center'),
      top: (sheet) => void (sheet.position = 'top'),
      bottom: (sheet) => void (sheet.position = 'bottom'),
      left: (sheet) => void (sheet.position = 'left'),
      right: (sheet) => void (sheet.position = 'right'),
    }),
    fm: (text, sheet) => (text === 'blurhash' ? lost('It is told by f=json and fields=blurHash (docs/info.md).') : fm(text, sheet)),
    q: quality,
    quality,
  },
}

const OWN: readonly string[] = ['url', ...Object.keys(words.words)]

/** `/.netlify/images?url&w&h&fit&position&fm&q` */
export const netlify: Door = {
  name: 'netlify',
  route: '/.netlify/images',
  isAtRoot: true,
  read(_rest, query, accept) {
    const { own, others } = divided(query, OWN)
    const source = demanded(readArgs(own.filter(([name]) => name === 'url')).text('url'), 'url')
    const options = own.filter(([name]) => name !== 'url').map(([name, value]) => ({ name, value }))
    return { source, query: others, ...readOptions(words, options, accept) }
  },
  renderError: ({ publicText }) => publicText,
}
