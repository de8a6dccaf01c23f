import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseTransformations } from '../../../../src/http/dialects/batch/transformations.ts'
import { project, type TransformPlan } from '../../../../src/image/plan.ts'
import type { Raster, Shape } from '../../../../src/image/raster.ts'
import { applySteps } from '../../../support/apply-steps.ts'

const LIMITS = { maxSteps: 50, maxPixels: 100_000_000, maxSide: 10_000 }
const planOf = (...transformations: unknown[]): TransformPlan =>
  parseTransformations({ transformations, destination: '/out.png' }, 'jobs[0]')
const shapeOf = (image: Shape, ...transformations: unknown[]): string => {
  const { width, height } = project(planOf(...transformations), image, LIMITS).at(-1) ?? image
  return `${width}×${height}`
}

/** Red is the column, green the row, blue what they have above 255: each pixel says where it came from. */
function coordinates(width: number, height: number): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 0, 255], i * 4)
  return { width, height, data }
}

const pixel = ({ width, data }: Raster, x: number, y: number): number[] => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]

describe('§2 mixed lengths, on an image of 200×100', () => {
  const image = { width: 200, height: 100 }
  it.each([
    [100, 60, '100×60'],
    ['100', '60', '100×60'],
    ['100px', '60px', '100×60'],
    ['50%', '50%', '100×50'],
    ['50h', '50w', '50×100'],
    [' 33.3% ', '12.5px', '67×13'],
    ['0.1%', 1, '1×1'],
    [100, undefined, '100×50'],
    [undefined, '50%', '100×50'],
    ['50h', null, '50×25'],
  ])('width %j, height %j → %s', (width, height, expected) => {
    expect(shapeOf(image, { type: 'resize', width, height })).toBe(expected)
  })

  it.each(['50w', -1, 0, '0', '-5%', 'wide', '10em', '', '1e3', true, [], {}, '10001', 10_001, Number.NaN])(
    'width %j is refused',
    (width) => {
      expect(() => planOf({ type: 'resize', width })).toThrow(AppError)
    },
  )
  it.each(['50h', -1, 0, '0px', '10 px'])('height %j is refused', (height) => {
    expect(() => planOf({ type: 'resize', height })).toThrow(AppError)
  })
  it.each([
    ['xoffset', '50h'],
    ['xoffset', '50w'],
    ['yoffset', '50w'],
    ['yoffset', 'top'],
    ['xoffset', false],
  ])('%s %j is refused', (name, offset) => {
    expect(() => planOf({ type: 'crop', width: 10, height: 10, [name]: offset })).toThrow(new RegExp(name))
  })

  it.each([
    [10, [10, 20]],
    ['-10', [0, 20]],
    ['5%', [10, 20]],
    ['7px', [7, 20]],
  ])('xoffset %j counts from the west edge', async (xoffset, [x, y]) => {
    const cut = await applySteps(
      coordinates(200, 100),
      planOf({ type: 'crop', gravity: 'northwest', width: 50, height: 50, xoffset, yoffset: '20%', fit: false }).steps,
    )
    expect(pixel(cut, 0, 0).slice(0, 2)).toEqual([x, y])
  })
})

describe('§3 gravity: a frame of 7×4 in an image of 20×11, with offsets 2 and 1', () => {
  // ⌊20/2⌋ − ⌊7/2⌋ + 2 = 9 and 20 − 7 − 2 = 11; ⌊11/2⌋ − ⌊4/2⌋ + 1 = 4 and 11 − 4 − 1 = 6.
  it.each([
    ['northwest', 2, 1],
    ['north', 9, 1],
    ['northeast', 11, 1],
    ['west', 2, 4],
    ['center', 9, 4],
    ['middle', 9, 4],
    [undefined, 9, 4],
    ['east', 11, 4],
    ['southwest', 2, 6],
    ['south', 9, 6],
    ['southeast', 11, 6],
  ])('%s', async (gravity, x, y) => {
    const cut = await applySteps(coordinates(20, 11), planOf({ type: 'crop', gravity, width: 7, height: 4, xoffset: 2, yoffset: 1 }).steps)
    expect([cut.width, cut.height, ...pixel(cut, 0, 0)]).toEqual([7, 4, x, y, 0, 255])
  })
  it.each(['Center', 'top', 'north-east', '', 5])('%j is refused', (gravity) => {
    expect(() => planOf({ type: 'crop', width: 7, height: 4, gravity })).toThrow(/gravity/)
  })
})

describe('§4.6 crop of 200×100', () => {
  it.each([
    ['inside as it is', { width: 50, height: 40 }, '50×40', [75, 30]],
    ['too large keeps its own aspect ratio', { width: 400, height: 100 }, '200×50', [0, 25]],
    ['too high keeps its own aspect ratio', { width: 100, height: 400 }, '25×100', [88, 0]],
    ['is moved inside', { width: 50, height: 40, gravity: 'east', xoffset: -30 }, '50×40', [150, 30]],
    ['fit "crop" is fit true', { width: 400, height: 400, fit: 'crop' }, '100×100', [50, 0]],
    ['fit null is the default', { width: 400, height: 400, fit: null }, '100×100', [50, 0]],
    ['fit false cuts what hangs over', { width: 50, height: 40, gravity: 'east', xoffset: -30, fit: false }, '20×40', [180, 30]],
    ['fit false larger than the image', { width: 400, height: 40, fit: false }, '200×40', [0, 30]],
  ])('%s', async (_name, fields, shape, [x, y]) => {
    const { steps } = planOf({ type: 'crop', ...fields })
    const cut = await applySteps(coordinates(200, 100), steps)
    expect([`${cut.width}×${cut.height}`, ...pixel(cut, 0, 0).slice(0, 2)]).toEqual([shape, x, y])
  })
  it('fails when the frame misses the image', () => {
    expect(() =>
      shapeOf({ width: 200, height: 100 }, { type: 'crop', width: 10, height: 10, gravity: 'west', xoffset: 500, fit: false }),
    ).toThrow(AppError)
  })
})

describe('§4.9 fitmethod of 200×100 to 60×60', () => {
  it.each([
    ['stretch', '60×60'],
    ['box', '60×30'],
    ['outside', '120×60'],
    ['cropbox', '60×60'],
    ['letterbox', '60×60'],
  ])('%s → %s', (fit_type, expected) => {
    expect(shapeOf({ width: 200, height: 100 }, { type: 'fitmethod', fit_type, width: 60, height: 60 })).toBe(expected)
  })
  it('grows small images', () => {
    expect(shapeOf({ width: 20, height: 10 }, { type: 'fitmethod', fit_type: 'box', width: 60, height: 60 })).toBe('60×30')
    expect(shapeOf({ width: 20, height: 10 }, { type: 'fitmethod', fit_type: 'outside', width: 60, height: 60 })).toBe('120×60')
  })

  const red: Raster = { width: 20, height: 10, data: new Uint8ClampedArray(800).map((_, i) => [200, 0, 0, 255][i % 4] ?? 0) }
  it.each([
    [{}, [0, 0, 0, 255], [200, 0, 0, 255]],
    [{ color: '#00f', opacity: 10 }, [0, 0, 255, 255], [200, 0, 0, 255]],
    [{ color: '0000FF', opacity: 5 }, [0, 0, 255, 128], [200, 0, 0, 255]],
    [{ color: '#000000', opacity: 0 }, [0, 0, 0, 0], [200, 0, 0, 255]],
    [{ gravity: 'north' }, [200, 0, 0, 255], [0, 0, 0, 255]],
  ])('letterbox %o', async (fields, corner, middle) => {
    const boxed = await applySteps(red, planOf({ type: 'fitmethod', fit_type: 'letterbox', width: 20, height: 30, ...fields }).steps)
    expect([pixel(boxed, 0, 0), pixel(boxed, 10, 15)]).toEqual([corner, middle])
  })
  it('cropbox keeps the side that gravity names', async () => {
    const sides = await Promise.all(
      ['west', 'east'].map((gravity) =>
        applySteps(coordinates(100, 50), planOf({ type: 'fitmethod', fit_type: 'cropbox', width: 50, height: 50, gravity }).steps),
      ),
    )
    expect(sides.map((cut) => pixel(cut, 0, 0)[0])).toEqual([0, 50])
  })
})

describe('§4.10 flip', () => {
  it.each([
    ['x', [3, 0]],
    ['horizontal', [3, 0]],
    ['y', [0, 2]],
    ['vertical', [0, 2]],
  ])('%s', async (direction, corner) => {
    const flipped = await applySteps(coordinates(4, 3), planOf({ type: 'flip', direction }).steps)
    expect(pixel(flipped, 0, 0).slice(0, 2)).toEqual(corner)
  })
})

describe('§4.12 rotate of 160×120', () => {
  it.each([
    [0, '160×120'],
    [360, '160×120'],
    [180, '160×120'],
    [90, '120×160'],
    ['270', '120×160'],
    // |160 cos 20°| + |120 sin 20°| = 191.39, |160 sin 20°| + |120 cos 20°| = 167.49
    [20, '192×168'],
    [45.25, '198×199'],
  ])('by %s → %s', (degrees, expected) => {
    expect(shapeOf({ width: 160, height: 120 }, { type: 'rotate', degrees })).toBe(expected)
  })
  it('turns clockwise, leaves quarter turns exact and new corners transparent', async () => {
    const quarter = await applySteps(coordinates(4, 3), planOf({ type: 'rotate', degrees: 90 }).steps)
    expect(pixel(quarter, 0, 0)).toEqual([0, 2, 0, 255])
    const eighth = await applySteps(coordinates(40, 30), planOf({ type: 'rotate', degrees: 45 }).steps)
    expect(pixel(eighth, 0, 0)).toEqual([0, 0, 0, 0])
  })
})

describe('§4.13 ulb', () => {
  /** Rows of one grey each. */
  const rows = (...greys: (number | readonly number[])[]): Raster => {
    const data = greys.flatMap((grey) =>
      [0, 1, 2, 3].flatMap((x) => [0, 1, 2].map(() => (typeof grey === 'number' ? grey : (grey[x] ?? 0))).concat(255)),
    )
    return { width: 4, height: greys.length, data: new Uint8ClampedArray(data) }
  }
  it.each([
    ['bands above and below', rows(0, 1, 0, 90, 200, 0, 0), 2],
    ['white bands as well', rows(255, 255, 90, 200, 255), 2],
    ['a band that differs by 10 is still a band', rows(0, 10, 90, 10), 1],
    ['one that differs by 11 is not', rows(0, 11, 90, 11), 3],
    ['a first row that is not of one colour: nothing', rows([0, 0, 2, 0], 0, 90, 0), 4],
    ['within one level it is', rows([0, 1, 1, 0], 0, 90, 0), 1],
    ['nothing left: unchanged', rows(0, 0, 0), 3],
  ])('%s', async (_name, image, height) => {
    expect((await applySteps(image, planOf({ type: 'ulb' }).steps)).height).toBe(height)
  })
})

describe('§4.14 watermark', () => {
  const plain = (width: number, height: number, colour: readonly number[]): Raster => ({
    width,
    height,
    data: new Uint8ClampedArray(width * height * 4).map((_, i) => colour[i % 4] ?? 0),
  })
  const drawn = (base: Raster, mark: Raster, fields: object) =>
    applySteps(base, planOf({ type: 'watermark', source: 'logo.png', ...fields }).steps, { inputs: [mark], files: [] })

  it('reads its source under both spellings, with and without the slash', () => {
    const path = (fields: object) => planOf({ type: 'watermark', ...fields }).steps[0]?.params
    for (const fields of [{ source: 'a/logo.png' }, { source: '/a/logo.png' }, { Source: '/a/logo.png' }])
      expect(path(fields)).toMatchObject({ path: '/a/logo.png' })
    for (const source of [undefined, 5, '', '/', '../logo.png', '/a/../b.png', 'a\u0000b']) expect(() => path({ source })).toThrow(AppError)
  })
  it.each([
    ['natural size in the middle', {}, [8, 4, 11, 5]],
    ['percent of the base', { width: '50%', height: '50%' }, [5, 3, 14, 7]],
    ['one side keeps the mark’s aspect ratio', { width: 8 }, [6, 3, 13, 6]],
    ['placed from its edge', { gravity: 'southeast', xoffset: 3, yoffset: '10%' }, [13, 7, 16, 8]],
    ['cut at the canvas', { gravity: 'northwest', xoffset: -2, yoffset: -1 }, [0, 0, 1, 0]],
  ])('%s', async (_name, fields, box) => {
    const { width, data } = await drawn(plain(20, 10, [0, 0, 0, 255]), plain(4, 2, [255, 255, 255, 255]), fields)
    const lit = Array.from({ length: 200 }, (_, i) => i).filter((i) => data[i * 4] === 255)
    const [xs, ys] = [lit.map((i) => i % width), lit.map((i) => Math.floor(i / width))]
    expect([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]).toEqual(box)
    expect(lit).toHaveLength((Math.max(...xs) - Math.min(...xs) + 1) * (Math.max(...ys) - Math.min(...ys) + 1))
  })
  it.each([
    // a = aw + ab(1−aw), c = (cw·aw + cb·ab·(1−aw))/a
    [
      [200, 0, 0, 128],
      [0, 100, 0, 255],
      [100, 50, 0, 255],
    ],
    [
      [200, 0, 0, 128],
      [0, 100, 0, 128],
      [134, 33, 0, 192],
    ],
    [
      [200, 0, 0, 0],
      [0, 100, 0, 40],
      [0, 100, 0, 40],
    ],
    [
      [10, 20, 30, 255],
      [0, 100, 0, 255],
      [10, 20, 30, 255],
    ],
  ])('%j over %j is %j', async (mark, base, expected) => {
    const { data } = await drawn(plain(1, 1, base), plain(1, 1, mark), {})
    for (const [i, value] of expected.entries()) expect(Math.abs((data[i] ?? 0) - value)).toBeLessThanOrEqual(1)
  })
})

describe('§4.15 zoom of 1000×500', () => {
  it.each([
    [{ width: 100, height: 50, level: 2 }, '200×100'],
    [{ width: 100, height: 50, level: '2.5' }, '250×125'],
    [{ width: 100, height: 50, level: 0 }, '100×50'],
    [{ width: 100, height: 50, level: 1 }, '100×50'],
    [{ width: 100, height: 50 }, '100×50'],
    [{ width: 300, height: 100, level: 10 }, '1000×333'],
    [{ width: 100, height: 200, level: 10 }, '250×500'],
    [{ width: 2000, level: 3 }, '2000×1000'],
  ])('%o → %s', (fields, expected) => {
    expect(shapeOf({ width: 1000, height: 500 }, { type: 'zoom', ...fields })).toBe(expected)
  })
})

describe('§5 and §4: what is refused, with the name of the field', () => {
  const crop = { type: 'crop', width: 10, height: 10 }
  const annotation = { type: 'annotation', text: 'x', size: 10, color: '#000' }
  it.each<[field: string, transformation: unknown]>([
    ['type', {}],
    ['type', { type: 'Blur' }],
    ['type', { type: 5 }],
    ['type', { type: 'toString' }],
    ['', 'blur'],
    ['', null],
    ['', []],
    ['sigma', { type: 'blur' }],
    ['sigma', { type: 'blur', sigma: -0.1 }],
    ['sigma', { type: 'blur', sigma: 10_000.5 }],
    ['sigma', { type: 'blur', sigma: 'strong' }],
    ['radius', { type: 'blur', sigma: 1, radius: -1 }],
    ['radius', { type: 'blur', sigma: 1, radius: true }],
    ['bright_level', { type: 'brightness' }],
    ['bright_level', { type: 'brightness', bright_level: 256 }],
    ['bright_level', { type: 'brightness', bright_level: '-256' }],
    ['red', { type: 'colorize', red: -1 }],
    ['green', { type: 'colorize', green: 256 }],
    ['blue', { type: 'colorize', blue: 'ff' }],
    ['level', { type: 'contrast' }],
    ['level', { type: 'contrast', level: 101 }],
    ['level', { type: 'contrast', level: -101 }],
    ['width', { type: 'crop' }],
    ['fit', { ...crop, fit: 'yes' }],
    ['fit', { ...crop, fit: 1 }],
    ['gravity', { ...crop, gravity: 'up' }],
    ['filter', { type: 'filter' }],
    ['filter', { type: 'filter', filter: 'Sepia' }],
    ['fit_type', { type: 'fitmethod', width: 10 }],
    ['fit_type', { type: 'fitmethod', width: 10, fit_type: 'cover' }],
    ['width', { type: 'fitmethod', fit_type: 'box' }],
    ['opacity', { type: 'fitmethod', fit_type: 'box', width: 10, opacity: 10.5 }],
    ['color', { type: 'fitmethod', fit_type: 'box', width: 10, color: 'black' }],
    ['direction', { type: 'flip' }],
    ['direction', { type: 'flip', direction: 'z' }],
    ['width', { type: 'resize' }],
    ['degrees', { type: 'rotate' }],
    ['degrees', { type: 'rotate', degrees: -1 }],
    ['degrees', { type: 'rotate', degrees: 360.01 }],
    ['degrees', { type: 'rotate', degrees: 12.345 }],
    ['source', { type: 'watermark' }],
    ['source', { type: 'watermark', source: ['a.png'] }],
    ['width', { type: 'zoom', level: 2 }],
    ['level', { type: 'zoom', width: 10, level: 11 }],
    ['text', { ...annotation, text: undefined }],
    ['text', { ...annotation, text: 5 }],
    ['text', { ...annotation, text: 'x'.repeat(1001) }],
    ['size', { ...annotation, size: 0 }],
    ['size', { ...annotation, size: '' }],
    ['color', { ...annotation, color: undefined }],
    ['color', { ...annotation, color: '#12345' }],
    ['font', { ...annotation, font: 7 }],
  ])('%s of %j', (field, transformation) => {
    const path = field === '' ? 'jobs[0].transformations[1]' : `jobs[0].transformations[1].${field}`
    expect(refusal(() => planOf(crop, transformation))).toMatchObject({ code: 'invalid_parameter', field: path })
  })
  it.each([-1, 101, '1e1', true, 'high'])('quality %j', (quality) => {
    expect(refusal(() => parseTransformations({ quality, destination: 'x.png' }, 'jobs[3]'))).toMatchObject({ field: 'jobs[3].quality' })
  })
  it.each(['blur', 5, { type: 'blur' }])('transformations %j', (transformations) => {
    expect(refusal(() => parseTransformations({ transformations, destination: 'x.png' }, 'jobs[0]'))).toMatchObject({
      field: 'jobs[0].transformations',
    })
  })
})

function refusal(parse: () => unknown): unknown {
  try {
    return parse()
  } catch (error) {
    return error
  }
}

describe('leniencies', () => {
  it.each([
    [{ type: 'brightness', bright_level: '230' }, 'brightness', { level: 230 }],
    [{ type: 'brightness', bright_level: -12.9 }, 'brightness', { level: -12 }],
    [{ type: 'colorize', green: '7' }, 'colorize', { red: 0, green: 7, blue: 0 }],
    [{ type: 'blur', sigma: 218, radius: 465 }, 'blur', { sigma: 218, radius: 465 }],
    [{ type: 'ulb', unknown: [1, 2] }, 'unletterbox', {}],
    [
      { type: 'fitmethod', fit_type: 'cropbox', width: 550, height: 300, color: '#000000', opacity: 0 },
      'cover',
      { width: 550, height: 300 },
    ],
  ])('%j', (transformation, op, params) => {
    expect(planOf(transformation).steps[0]).toMatchObject({ op, params })
  })
  it('an empty text changes nothing', () => {
    expect(planOf({ type: 'annotation', text: '', size: 10, color: '#000' }).steps).toEqual([])
  })
  it('keeps the order of the array', () => {
    const types = ['zoom', 'ulb', 'rotate', 'crop'].map((type) => ({ type, width: 10, degrees: 5 }))
    expect(planOf(...types).steps.map(({ op }) => op)).toEqual(['zoom', 'unletterbox', 'rotate', 'crop'])
  })
  it.each([
    [{}, {}],
    [{ cm: 'srgb', metadata: 'none' }, { keepsCoding: true }],
    [{ cm: 'keep' }, { colours: 'keep' }],
    [{ metadata: 'copyright' }, { metadata: 'copyright', keepsCoding: true }],
    [{ metadata: 'copyright', quality: 70 }, { metadata: 'copyright' }],
    [
      { metadata: 'keep', transformations: [] },
      { metadata: 'keep', keepsCoding: true },
    ],
    [{ quality: 'lossless' }, { quality: 100, lossless: true, onlyLossless: true, colours: 'keep' }],
    [{ lossless: false }, {}],
    [{ palette: true }, { palette: true }],
    [{ palette: false }, {}],
    [{ anim: false }, { still: true }],
    [{ anim: true }, {}],
    [{ quality: 'auto' }, { quality: 100, target: 'medium' }],
    [
      { quality: 'auto:high', max_bytes: 9000 },
      { quality: 100, target: 'high', maxBytes: 9000 },
    ],
    [{ max_bytes: '9000' }, { quality: 100, maxBytes: 9000 }],
    [
      { quality: '55', max_bytes: 9000 },
      { quality: 55, maxBytes: 9000 },
    ],
    [{ quality: null, max_bytes: null }, {}],
    [
      { cm: null, metadata: 'keep' },
      { metadata: 'keep', keepsCoding: true },
    ],
  ])('%j takes along %j', (fields, output) => {
    expect(parseTransformations({ ...fields, destination: 'x.jpg' }, 'jobs[0]').output).toEqual({ format: 'jpeg', quality: 70, ...output })
  })
  it.each([
    { cm: 'p3' },
    { cm: 1 },
    { metadata: 'all' },
    { metadata: true },
    { lossless: 'yes' },
    { lossless: 1 },
    { palette: 8 },
    { anim: 'no' },
    { quality: 'best' },
    { quality: 'auto:' },
    { quality: true },
    { max_bytes: 0 },
    { max_bytes: 'few' },
  ])('refuses %j', (fields) => {
    expect(refusal(() => parseTransformations({ ...fields, destination: 'x.png' }, 'jobs[3]'))).toMatchObject({
      field: `jobs[3].${Object.keys(fields)[0]}`,
    })
  })
  it.each([
    [undefined, 70],
    [0, 1],
    ['55', 55],
    [100, 100],
    [62.5, 63],
  ])('quality %j is %i', (quality, expected) => {
    expect(parseTransformations({ quality, destination: 'x.jpg' }, 'jobs[0]').output.quality).toBe(expected)
  })
  it.each([
    ['/a/b.JPG', 'jpeg'],
    ['b.jpeg', 'jpeg'],
    ['b.png', 'png'],
    ['b.webp', 'webp'],
    ['b.tiff', 'source'],
    ['b', 'source'],
    ['.png', 'source'],
  ])('destination %s is written as %s', (destination, format) => {
    expect(parseTransformations({ destination }, 'jobs[0]').output.format).toBe(format)
  })
  it('§4.2 any blur that the grammar allows is quick on one pixel and on many', async () => {
    for (const [sigma, radius] of [
      [10_000, 10_000],
      [0.001, 0],
      [10_000, 0],
      [1, 10_000],
      [0, 465],
    ] as const) {
      const image = coordinates(300, 200)
      const blurred = await applySteps(image, planOf({ type: 'blur', sigma, radius }).steps)
      expect([blurred.width, blurred.height]).toEqual([300, 200])
      if (sigma === 0) expect(blurred.data).toEqual(image.data)
    }
  })
})

it('is lossless where the format can be', () => {
  const outputOf = (destination: string) => parseTransformations({ lossless: true, destination }, 'jobs[0]').output
  for (const name of ['x.webp', 'x.png', 'x']) expect(outputOf(name)).toMatchObject({ lossless: true })
  expect(refusal(() => outputOf('x.jpg'))).toMatchObject({ field: 'jobs[0].lossless', reason: expect.stringContaining('.jpg') as string })
})
