import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { gaussianTaps } from '../../../../../../src/image/definitions/gaussian.ts'
import type { Picture } from '../../../../../expectations/picture.ts'
import { blur } from '../../../../../image/definitions/gaussian.ts'
import { oilPaint } from '../../../../../image/definitions/oil-paint.ts'
import { lanczos } from '../../../../../system/support/lanczos.ts'
import { apart, logo, mapped, paint, photo, pixelAt, pixelsOf, rawOf, render, translucent } from './render.ts'

/** What a task means, said by sharp or by a few lines: `worst` and `mean` are levels that pixels may be apart. */
interface Row {
  readonly task: string
  readonly source?: Picture
  readonly wanted: () => Promise<Picture> | Picture
  readonly worst?: number
  readonly mean?: number
}

const bySharp = (task: string, change: (image: Sharp) => Sharp, source = photo, near: Pick<Row, 'worst' | 'mean'> = {}): Row => ({
  task,
  source,
  wanted: () => pixelsOf(change(rawOf(source))),
  ...near,
})
const byPixel = (
  task: string,
  change: Parameters<typeof mapped>[1],
  source = photo,
  near: Pick<Row, 'worst' | 'mean'> = { worst: 1 },
): Row => ({
  task,
  source,
  wanted: () => mapped(source, change),
  ...near,
})

const RESAMPLED = { worst: 6, mean: 0.9 }
const BLURRED = { worst: 4, mean: 0.8 }
/** Rec. 601. */
const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue
const over = ([red, green, blue, alpha]: readonly number[], [r, g, b]: readonly number[]): number[] => {
  const mix = (top = 0, below = 0): number => (top * (alpha ?? 0) + below * (255 - (alpha ?? 0))) / 255
  return [mix(red, r), mix(green, g), mix(blue, b), 255]
}
const sepia =
  (tone: number) =>
  ([r, g, b, a]: readonly [number, number, number, number]): number[] => {
    const brown = [0.393 * r + 0.769 * g + 0.189 * b, 0.349 * r + 0.686 * g + 0.168 * b, 0.272 * r + 0.534 * g + 0.131 * b]
    return [...[r, g, b].map((own, i) => own * (1 - tone) + (brown[i] ?? 0) * tone), a]
  }

/** How much of a pixel lies inside a shape, by 256 points of it. */
const covered = (x: number, y: number, isInside: (x: number, y: number) => boolean): number => {
  let count = 0
  for (let i = 0; i < 256; i++) if (isInside(x + ((i % 16) + 0.5) / 16, y + (Math.floor(i / 16) + 0.5) / 16)) count++
  return count / 256
}
const isInCorners =
  (width: number, height: number, radius: number) =>
  (x: number, y: number): boolean => {
    const [across, down] = [Math.max(radius - x, x - (width - radius), 0), Math.max(radius - y, y - (height - radius), 0)]
    return Math.hypot(across, down) <= radius
  }
const rounded = (source: Picture, radius: number): Picture =>
  paint(source.width, source.height, (x, y) => {
    const [r = 0, g = 0, b = 0, a = 0] = pixelAt(source, x, y)
    return [r, g, b, a * covered(x, y, isInCorners(source.width, source.height, Math.min(radius, source.width / 2, source.height / 2)))]
  })
const cut = ({ width, data }: Picture, left: number, top: number, w: number, h: number): Picture =>
  paint(w, h, (x, y) => [...data.subarray(((y + top) * width + x + left) * 4, ((y + top) * width + x + left + 1) * 4)])

/** Squares of one colour each, from the upper left corner on. */
const squares = (source: Picture, size: number): Picture =>
  paint(source.width, source.height, (x, y) => {
    const sum = [0, 0, 0, 0]
    const [left, top] = [x - (x % size), y - (y % size)]
    let count = 0
    for (let v = top; v < Math.min(top + size, source.height); v++)
      for (let u = left; u < Math.min(left + size, source.width); u++, count++)
        pixelAt(source, u, v).forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value))
    return sum.map((value) => value / count)
  })

const gaussian = (sigma: number, source = photo): Picture => {
  const { data, width, height } = blur(source, gaussianTaps(0, sigma))
  return { width, height, data }
}
const onArea = (source: Picture, changed: Picture, isIn: (x: number, y: number) => boolean): Picture =>
  paint(source.width, source.height, (x, y) => pixelAt(isIn(x, y) ? changed : source, x, y))

/** sharp enlarges by a cubic, so here is Lanczos' definition. */
const enlarged = (source: Picture, width: number, height: number): Picture => ({ width, height, data: lanczos(source, width, height) })

const RESIZE: readonly Row[] = [
  bySharp('resize=width:45', (image) => image.resize(45), photo, RESAMPLED),
  bySharp('resize=h:30', (image) => image.resize({ height: 30 }), photo, RESAMPLED),
  bySharp('resize=w:45,h:0', (image) => image.resize(45), photo, RESAMPLED),
  bySharp('resize=w:60,h:30,fit:clip', (image) => image.resize(45, 30), photo, RESAMPLED),
  { task: 'resize=w:180,h:300,f:clip', wanted: () => enlarged(photo, 180, 120), worst: 2 },
  bySharp('resize=w:45,h:300,fit:max', (image) => image.resize(45), photo, RESAMPLED),
  bySharp('resize=w:180,fit:max', (image) => image, photo),
  bySharp('resize=w:45,h:50,fit:scale', (image) => image.resize(45, 50, { fit: 'fill' }), photo, RESAMPLED),
  bySharp('resize=w:31,h:30,fit:crop', (image) => image.resize(31, 30), photo, RESAMPLED),
  bySharp('resize=w:31,h:30,fit:crop,align:left', (image) => image.resize(31, 30, { position: 'left' }), photo, RESAMPLED),
  bySharp('resize=w:31,h:30,fit:crop,a:right', (image) => image.resize(31, 30, { position: 'right' }), photo, RESAMPLED),
  bySharp('resize=w:45,h:20,fit:crop,a:top', (image) => image.resize(45, 20, { position: 'top' }), photo, RESAMPLED),
  bySharp('resize=w:45,h:20,fit:crop,a:bottom', (image) => image.resize(45, 20, { position: 'bottom' }), photo, RESAMPLED),
  bySharp('resize=w:31,h:30,fit:crop,a:[top,right]', (image) => image.resize(31, 30, { position: 'right top' }), photo, RESAMPLED),
  { task: 'upscale', wanted: () => enlarged(photo, 180, 120), worst: 2 },
  bySharp('upscale=upscale:false,noise:low,style:photo', (image) => image),
]

const GEOMETRY: readonly Row[] = [
  bySharp('crop=dim:[7,9,20,30]', (image) => image.extract({ left: 7, top: 9, width: 20, height: 30 })),
  bySharp('crop=d:[80,50,30,30]', (image) => image.extract({ left: 80, top: 50, width: 10, height: 10 })),
  ...[90, 180, 270].map((degrees) => bySharp(`rotate=deg:${degrees}`, (image) => image.rotate(degrees))),
  bySharp('rotate=deg:0', (image) => image),
  bySharp('rotate=deg:exif', (image) => image),
  bySharp('rotate=e:true', (image) => image),
  bySharp('flip', (image) => image.flip()),
  bySharp('flop', (image) => image.flop()),
]

const COLOURS: readonly Row[] = [
  byPixel('negative', ([r, g, b, a]) => [255 - r, 255 - g, 255 - b, a], translucent, { worst: 0 }),
  byPixel('monochrome', ([r, g, b, a]) => [...Array<number>(3).fill(luma(r, g, b)), a], translucent),
  ...[0, 30, 80, 100].map((tone) => byPixel(`sepia=tone:${tone}`, sepia(tone / 100))),
  byPixel('sepia', sepia(0.8)),
  ...[20, 50, 75].map((threshold) =>
    byPixel(
      `blackwhite=t:${threshold}`,
      ([r, g, b, a]) => [...Array<number>(3).fill(luma(r, g, b) >= threshold * 2.55 ? 255 : 0), a],
      photo,
      {
        worst: 255,
        mean: 1,
      },
    ),
  ),
  bySharp('modulate=brightness:130', (image) => image.modulate({ brightness: 1.3 }), photo, { worst: 3, mean: 0.6 }),
  bySharp('modulate=s:40', (image) => image.modulate({ saturation: 0.4 }), photo, { worst: 3, mean: 0.6 }),
  bySharp('modulate=b:90,s:150,h:40', (image) => image.modulate({ brightness: 0.9, saturation: 1.5, hue: 40 }), photo, {
    worst: 3,
    mean: 0.6,
  }),
  byPixel('modulate', (pixel) => pixel, photo, { worst: 1 }),
  byPixel('enhance=preset:fix_dark', ([r, g, b, a]) => [...[r, g, b].map((c) => 255 * (c / 255) ** (1 / 1.6)), a]),
]

const FILTERS: readonly Row[] = [
  bySharp('blur=amount:3', (image) => image.blur({ sigma: 3, precision: 'float', minAmplitude: 0.001 }), photo, BLURRED),
  bySharp('blur', (image) => image.blur({ sigma: 2, precision: 'float', minAmplitude: 0.001 }), photo, BLURRED),
  bySharp('blur=a:0', (image) => image),
  bySharp('sharpen=amount:0', (image) => image),
  { task: 'pixelate=amount:6', wanted: () => squares(photo, 6), worst: 1 },
  { task: 'pixelate', wanted: () => squares(photo, 2), worst: 1 },
  { task: 'oil_paint=amount:3', wanted: () => ({ ...photo, data: oilPaint(photo, 3) }), worst: 1 },
  { task: 'oil_paint', wanted: () => ({ ...photo, data: oilPaint(photo, 2) }), worst: 1 },
  {
    task: 'partial_blur=objects:[[10,8,30,20]],amount:3,blur:0',
    wanted: () => onArea(photo, gaussianOfArea(10, 8, 30, 20, 3), (x, y) => x >= 10 && x < 40 && y >= 8 && y < 28),
    ...BLURRED,
  },
  {
    task: 'partial_pixelate=o:[[14,7,28,21]],a:7,l:0,t:rect',
    wanted: () => onArea(photo, squares(photo, 7), (x, y) => x >= 14 && x < 42 && y >= 7 && y < 28),
    worst: 1,
  },
]

/** The picture with this area blurred as if it were alone. */
function gaussianOfArea(left: number, top: number, width: number, height: number, sigma: number): Picture {
  const soft = gaussian(sigma, cut(photo, left, top, width, height))
  return paint(photo.width, photo.height, (x, y) =>
    pixelAt(soft, Math.min(width - 1, Math.max(0, x - left)), Math.min(height - 1, Math.max(0, y - top))),
  )
}

const grown = (by: number, colour: readonly number[], source = photo): Picture =>
  paint(source.width + 2 * by, source.height + 2 * by, (x, y) => {
    const isIn = x >= by && y >= by && x < source.width + by && y < source.height + by
    return isIn ? pixelAt(source, x - by, y - by) : colour
  })
const onto = (source: Picture, background: readonly number[]): Picture => mapped(source, (pixel) => over(pixel, background))
const square = cut(photo, 15, 0, 60, 60)
const watermark =
  (left: number, top: number, scale = 1) =>
  async (): Promise<Picture> => {
    const input = await rawOf(enlarged(logo, logo.width * scale, logo.height * scale))
      .png()
      .toBuffer()
    return pixelsOf(sharp(await rawOf(photo).composite([{ input, left, top }]).png().toBuffer()))
  }

const LAYERS: readonly Row[] = [
  { task: 'rounded_corners=radius:17', wanted: () => rounded(photo, 17), worst: 12, mean: 0.1 },
  { task: 'rounded_corners', wanted: () => rounded(photo, 10), worst: 12, mean: 0.1 },
  { task: 'rounded_corners=r:max', wanted: () => rounded(photo, 999), worst: 12, mean: 0.1 },
  { task: 'rounded_corners=r:20,background:00ff00', wanted: () => onto(rounded(photo, 20), [0, 255, 0]), worst: 12, mean: 0.2 },
  { task: 'circle', wanted: () => rounded(square, 30), worst: 12, mean: 0.2 },
  { task: 'circle=b:102030', wanted: () => onto(rounded(square, 30), [16, 32, 48]), worst: 12, mean: 0.2 },
  { task: 'border', wanted: () => grown(2, [0, 0, 0, 255]), worst: 0 },
  { task: 'border=width:5,color:ff0000', wanted: () => grown(5, [255, 0, 0, 255]), worst: 0 },
  { task: 'border=w:3,c:0000ff80', wanted: () => grown(3, [0, 0, 255, 128]), worst: 0 },
  { task: 'border=w:1,b:112233', source: translucent, wanted: () => grown(1, [0, 0, 0, 255], onto(translucent, [17, 34, 51])), worst: 1 },
  { task: 'watermark=file:logo', wanted: watermark(35, 24), worst: 2 },
  { task: 'watermark=file:logo,position:[top,left]', wanted: watermark(0, 0), worst: 2 },
  { task: 'watermark=f:logo,p:[bottom,right]', wanted: watermark(70, 48), worst: 2 },
  { task: 'watermark=f:logo,p:top', wanted: watermark(35, 0), worst: 2 },
  { task: 'watermark=f:logo,p:right', wanted: watermark(70, 24), worst: 2 },
  { task: 'watermark=f:logo,s:50,p:[top,left]', wanted: watermark(0, 0, 0.5), worst: 12, mean: 0.2 },
  { task: 'watermark=f:logo,s:200,p:[top,left]', wanted: watermark(0, 0, 2), worst: 12, mean: 0.4 },
  { task: 'output=b:ffeedd', source: translucent, wanted: () => onto(translucent, [255, 238, 221]), worst: 1 },
]

const SHADOW: readonly Row[] = [
  {
    task: 'shadow=blur:0,opacity:40,vector:[5,3],color:0000ff',
    wanted: () => paint(95, 63, (x, y) => (x < 90 && y < 60 ? pixelAt(photo, x, y) : x >= 5 && y >= 3 ? [0, 0, 255, 102] : [0, 0, 0, 0])),
    worst: 1,
  },
  {
    task: 'shadow=blur:0,o:100,v:[-4,-2],color:ff0000,b:ffffff',
    wanted: () =>
      paint(94, 62, (x, y) =>
        x >= 4 && y >= 2 ? pixelAt(photo, x - 4, y - 2) : x < 90 && y < 60 ? [255, 0, 0, 255] : [255, 255, 255, 255],
      ),
    worst: 1,
  },
  {
    task: 'shadow',
    // Sigma 4 reaches 12 pixels; the vector moves it by 4 and 4.
    async wanted() {
      const silhouette = paint(90 + 8 + 16, 60 + 8 + 16, (x, y) =>
        x >= 12 && x < 102 && y >= 12 && y < 72 ? [0, 0, 0, 153] : [0, 0, 0, 0],
      )
      const soft = rawOf({ ...silhouette }).blur({ sigma: 4, precision: 'float', minAmplitude: 0.001 })
      const input = await rawOf(photo).png().toBuffer()
      return pixelsOf(sharp(await soft.png().toBuffer()).composite([{ input, left: 8, top: 8 }]))
    },
    worst: 3,
    mean: 0.4,
  },
  {
    task: 'polaroid=rotate:0,color:fffafa,background:ffffff',
    async wanted() {
      const sheet = paint(130, 140, (x, y) =>
        x >= 20 && x < 110 && y >= 20 && y < 80 ? pixelAt(photo, x - 20, y - 20) : [255, 250, 250, 255],
      )
      const silhouette = paint(154, 164, (x, y) => (x >= 12 && x < 142 && y >= 12 && y < 152 ? [0, 0, 0, 153] : [0, 0, 0, 0]))
      const soft = await rawOf(silhouette).blur({ sigma: 4, precision: 'float', minAmplitude: 0.001 }).png().toBuffer()
      const input = await rawOf(sheet).png().toBuffer()
      const whole = await sharp(soft)
        .composite([{ input, left: 8, top: 8 }])
        .png()
        .toBuffer()
      return onto(await pixelsOf(sharp(whole)), [255, 255, 255])
    },
    worst: 4,
    mean: 0.5,
  },
]

describe.each([
  ['resize', RESIZE],
  ['geometry', GEOMETRY],
  ['colours', COLOURS],
  ['filters', FILTERS],
  ['layers', LAYERS],
  ['shadows', SHADOW],
])('%s', (_, rows) => {
  it.each(rows)('$task', async ({ task, source = photo, wanted, worst = 0, mean = worst }) => {
    const [ours, theirs] = [await render(task, source), await wanted()]
    const found = apart(ours, theirs)
    expect(found.size).toBe(`${theirs.width}×${theirs.height}`)
    expect([found.worst <= worst, found.mean <= mean], JSON.stringify(found)).toEqual([true, true])
  })
})
