import sharp, { type Sharp } from 'sharp'
import { readAddress } from '../../../../../../src/http/dialects/filestack/processing/address.ts'
import { TASKS } from '../../../../../../src/http/dialects/filestack/processing/tasks.ts'
import { planOf, readWish, type Wish } from '../../../../../../src/http/dialects/filestack/processing/wish.ts'
import { planInputs } from '../../../../../../src/image/plan.ts'
import type { FileStore, OpenFile } from '../../../../../../src/service/ports.ts'
import { createRunPlan } from '../../../../../../src/service/render/run-plan.ts'
import { createTimings } from '../../../../../../src/service/render/timings.ts'
import { type Picture, syntheticPicture } from '../../../../../expectations/picture.ts'
import { runDeps } from '../../../../../support/run-deps.ts'

export const photo = syntheticPicture(90, 60, 'opaque')
export const translucent = syntheticPicture(60, 45, 'translucent')
export const logo = syntheticPicture(20, 12, 'translucent')

export const rawOf = ({ width, height, data }: Picture): Sharp => sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })

/** What sharp makes of an image, as straight RGBA. */
export async function pixelsOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

export const wishOf = (tasks: string): Wish =>
  readWish(
    readAddress(
      `/${tasks}/AbCdEfGhIjKlMnOpQr12`,
      '',
      () => false,
      () => true,
    ).tasks,
    TASKS,
  )

/** The bytes that a processing URL with these tasks answers: the whole way from its text through files, plan and encoder. */
export async function serve(tasks: string, source: Picture = photo): Promise<Buffer> {
  const contents: Readonly<Record<string, Picture>> = { '/source': source, '/logo': logo, '/photo': photo }
  const files: Pick<FileStore, 'head' | 'open'> = {
    head: () => Promise.resolve(null),
    async open(_account, path) {
      const picture = contents[path]
      if (!picture) return null
      const file = await rawOf(picture).png().toBuffer()
      const body = new Blob([new Uint8Array(file)]).stream() as ReadableStream<Uint8Array>
      return { info: { path, size: file.length, etag: 'v1' }, body } as unknown as OpenFile // nothing else of it is read
    },
  }
  const fileAt = async (path: string) => ({
    path,
    size: (
      await rawOf(contents[path] ?? source)
        .png()
        .toBuffer()
    ).length,
    etag: 'v1',
  })
  const plan = planOf(wishOf(tasks), (handle) => `/${handle}`, undefined)
  const inputs = await Promise.all([...new Set(planInputs(plan).map(({ path }) => path))].map(fileAt))
  const run = createRunPlan(runDeps(files))
  const { body } = await run(
    { account: 'a', source: await fileAt('/source'), inputs, plan, lane: 'request' },
    createTimings({ now: () => performance.now() }),
  )
  return Buffer.from(body)
}

/** The same as pixels. */
export const render = async (tasks: string, source: Picture = photo): Promise<Picture> =>
  pixelsOf(sharp(await serve(`${tasks}/output=f:png`, source)))

export const pixelAt = ({ width, data }: Picture, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x + 1) * 4),
]

/** Each pixel by a function of its place. */
export function paint(width: number, height: number, colourAt: (x: number, y: number) => readonly number[]): Picture {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 4)
  return { width, height, data }
}

/** The same pixel by pixel. */
export const mapped = (picture: Picture, change: (pixel: readonly [number, number, number, number]) => readonly number[]): Picture =>
  paint(picture.width, picture.height, (x, y) => change(pixelAt(picture, x, y) as never))

/** How far two pictures are apart: of equal size, at worst and on average. Colours count by their alpha. */
export function apart(one: Picture, two: Picture): { readonly size: string; readonly worst: number; readonly mean: number } {
  const size = `${one.width}×${one.height}${one.width === two.width && one.height === two.height ? '' : ` instead of ${two.width}×${two.height}`}`
  const weighed = ({ data }: Picture) => data.map((value, i) => (i % 4 === 3 ? value : (value * (data[i | 3] ?? 0)) / 255))
  const [a, b] = [weighed(one), weighed(two)]
  const differences = Array.from(a, (value, i) => Math.abs(value - (b[i] ?? 999)))
  return { size, worst: Math.max(...differences), mean: differences.reduce((sum, each) => sum + each, 0) / differences.length }
}
