import sharp from 'sharp'
import { ssimOf } from '../../src/image/definitions/ssim.ts'

/** An answer of one of the versions. */
export interface Picture {
  readonly status: number
  readonly mime: string
  readonly body: Uint8Array
}

export interface Difference {
  readonly file: string
  readonly wish: string
  readonly before: Picture
  readonly after: Picture
  /** Mean structural similarity of luma, 1 for equal pixels; `null` where one is no picture, or of another size. */
  readonly similarity: number | null
}

export const isSame = (a: Picture, b: Picture): boolean =>
  a.status === b.status && a.mime === b.mime && Buffer.compare(a.body, b.body) === 0

/** Over white, because a transparent pixel has no luma. */
async function lumaOf({ body }: Picture) {
  const { data, info } = await sharp(body).flatten({ background: '#fff' }).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8Array(data) }
}

export async function similarityOf(before: Picture, after: Picture): Promise<number | null> {
  if (![before, after].every(({ status, mime }) => status === 200 && mime.startsWith('image/'))) return null
  const [a, b] = await Promise.all([lumaOf(before), lumaOf(after)])
  return a.width === b.width && a.height === b.height ? ssimOf(a, b) : null
}
