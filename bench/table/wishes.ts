import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { type OperationName, step, type Step } from '../../src/image/plan.ts'

export interface Shape {
  readonly width: number
  readonly height: number
}

/** A wish that stands for its operation. Sizes are of the picture that enters the step. */
export interface Wish {
  /** What tells it from others of the same operation. */
  readonly name?: string
  readonly params: (shape: Shape) => object
  /** Sharp's counterpart; none where libvips has no such operation. */
  readonly theirs?: (picture: Sharp, shape: Shape) => Sharp | Promise<Sharp>
  /** The picture is held while it is done: at full size it may be refused, by the numbers of the budget. */
  readonly isWhole?: true
}

/** Of every plan with a layer, instead of a file of the storage. */
export const LAYER = new Uint8Array(readFileSync(resolve(import.meta.dirname, '../../samples/still-life.jpg')))

const part = (length: number, share: number): number => Math.max(1, Math.round(length * share))
const box = ({ width, height }: Shape, acrossShare: number, downShare = acrossShare): Shape => ({
  width: part(width, acrossShare),
  height: part(height, downShare),
})
const none = (): object => ({})
const svg = ({ width, height }: Shape, content: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`)
const fontSize = ({ width }: Shape): number => part(width, 0.06)
const CONTRAST = 1.44
const SEPIA: [[number, number, number], [number, number, number], [number, number, number]] = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
]

/** Every operation of the table: one that is missing here does not compile. */
export const WISHES: Readonly<Record<OperationName, readonly Wish[]>> = {
  ascii: [{ params: none }],
  blur: [{ params: () => ({ sigma: 3 }), theirs: (picture) => picture.blur(3) }],
  brightness: [{ params: () => ({ level: 25 }), theirs: (picture) => picture.linear(1, 25) }],
  colorize: [{ params: () => ({ red: 20, blue: -20 }), theirs: (picture) => picture.linear([1, 1, 1], [20, 0, -20]) }],
  composite: [
    {
      params: (shape) => ({ path: '/layer', ...box(shape, 0.25) }),
      theirs: async (picture, shape) => {
        const size = box(shape, 0.25)
        return picture.composite([{ input: await sharp(LAYER).resize(size.width, size.height, { fit: 'fill' }).toBuffer() }])
      },
    },
  ],
  contrast: [{ params: () => ({ level: 20 }), theirs: (picture) => picture.linear(CONTRAST, 127.5 * (1 - CONTRAST)) }],
  convolve: [
    {
      params: () => ({ kernel: [1, 2, 1, 2, 4, 2, 1, 2, 1], divisor: 16 }),
      theirs: (picture) => picture.convolve({ width: 3, height: 3, kernel: [1, 2, 1, 2, 4, 2, 1, 2, 1], scale: 16 }),
    },
  ],
  cover: [
    {
      params: (shape) => box(shape, 0.6, 0.9),
      theirs: (picture, shape) => picture.resize({ ...box(shape, 0.6, 0.9), fit: 'cover' }),
    },
  ],
  crop: [
    {
      params: (shape) => ({ ...box(shape, 0.9), x: 10, y: 10 }),
      theirs: (picture, shape) => picture.extract({ left: 10, top: 10, ...box(shape, 0.9) }),
    },
  ],
  enhance: [{ params: none }],
  extend: [
    {
      params: () => ({ left: 40, top: 40, background: 'ff0000ff' }),
      theirs: (picture) => picture.extend({ left: 40, top: 40, background: '#f00' }),
    },
  ],
  flatten: [{ params: none, theirs: (picture) => picture.flatten({ background: '#fff' }) }],
  flip: [
    { name: 'left to right', params: () => ({ axis: 'horizontal' }), theirs: (picture) => picture.flop() },
    { name: 'top to bottom', params: () => ({ axis: 'vertical' }), theirs: (picture) => picture.flip(), isWhole: true },
  ],
  gamma: [{ params: none, theirs: (picture) => picture.gamma(2.2) }],
  grayscale: [{ params: none, theirs: (picture) => picture.grayscale() }],
  letterbox: [
    {
      params: (shape) => ({ ...box(shape, 0.8, 0.9), background: 'ffffffff' }),
      theirs: (picture, shape) => picture.resize({ ...box(shape, 0.8, 0.9), fit: 'contain', background: '#fff' }),
    },
  ],
  median: [{ params: none, theirs: (picture) => picture.median(3) }],
  modulate: [{ params: () => ({ saturation: 1.5 }), theirs: (picture) => picture.modulate({ saturation: 1.5 }) }],
  negate: [{ params: none, theirs: (picture) => picture.negate({ alpha: false }) }],
  normalize: [{ params: none, theirs: (picture) => picture.normalise() }],
  oilPaint: [{ params: none }],
  partialBlur: [{ params: (shape) => ({ areas: [{ x: 0, y: 0, ...box(shape, 0.25) }] }), isWhole: true }],
  partialPixelate: [{ params: (shape) => ({ areas: [{ x: 0, y: 0, ...box(shape, 0.25) }] }), isWhole: true }],
  pixelate: [{ params: none }],
  recolour: [{ params: () => ({ matrix: SEPIA.flat() }), theirs: (picture) => picture.recomb(SEPIA) }],
  redact: [{ params: () => ({ areas: [{ x: 0, y: 0, width: { percent: 50, of: 'width' }, height: { percent: 50, of: 'height' } }] }) }],
  resize: [
    {
      params: (shape) => ({ width: part(shape.width, 0.9) }),
      theirs: (picture, shape) => picture.resize(part(shape.width, 0.9)),
    },
  ],
  rotate: [
    { name: '90', params: () => ({ degrees: 90 }), theirs: (picture) => picture.rotate(90), isWhole: true },
    { name: '33', params: () => ({ degrees: 33 }), theirs: (picture) => picture.rotate(33, { background: '#0000' }), isWhole: true },
  ],
  roundCorners: [
    {
      params: () => ({ radius: 100 }),
      theirs: (picture, shape) => {
        const mask = svg(shape, `<rect width="${shape.width}" height="${shape.height}" rx="100"/>`)
        return picture.composite([{ input: mask, blend: 'dest-in' }])
      },
    },
  ],
  selectiveBlur: [{ params: none }],
  sepia: [{ params: none, theirs: (picture) => picture.recomb(SEPIA) }],
  shadow: [{ params: none, isWhole: true }],
  sharpen: [{ params: () => ({ sigma: 1 }), theirs: (picture) => picture.sharpen({ sigma: 1 }) }],
  smartCrop: [
    {
      params: (shape) => ({ ...box(shape, 0.5) }),
      theirs: (picture, shape) => picture.resize({ ...box(shape, 0.5, 0.9), position: sharp.strategy.attention }),
    },
  ],
  text: [
    {
      params: (shape) => ({ text: 'Emulsion', size: fontSize(shape) }),
      theirs: (picture, shape) => {
        const size = fontSize(shape)
        const input = svg(
          { width: size * 5, height: part(size, 1.3) },
          `<text y="${size}" font-family="Liberation Sans" font-size="${size}">Emulsion</text>`,
        )
        return picture.composite([{ input }])
      },
    },
  ],
  threshold: [{ params: none, theirs: (picture) => picture.threshold(128) }],
  tint: [{ params: () => ({ colour: 'ff8800ff' }), theirs: (picture) => picture.tint('#f80') }],
  tornEdges: [{ params: none }],
  trim: [{ params: none, theirs: (picture) => picture.trim() }],
  unletterbox: [{ params: none }],
  vignette: [{ params: none }],
  zoom: [
    {
      params: (shape) => ({ width: part(shape.width, 0.45), level: 2 }),
      theirs: (picture, shape) => picture.resize(part(shape.width, 0.9)),
    },
  ],
}

export const stepOf = (op: OperationName, wish: Wish, shape: Shape): Step => step(op, wish.params(shape) as never) // of that operation, by the table

/** The shape that enters the operation, when the picture is scaled to a width before it, or not. */
export const shapeBefore = ({ width }: { readonly width: number | null }, whole: Shape): Shape =>
  width === null ? whole : { width, height: Math.round((whole.height * width) / whole.width) }
