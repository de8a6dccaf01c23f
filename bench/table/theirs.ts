import sharp from 'sharp'
import type { TableCase } from './cases.ts'
import { QUALITY } from './run.ts'
import { type Shape, shapeBefore } from './wishes.ts'

sharp.concurrency(1)
sharp.cache(false)

/** The same by sharp, on one thread; `null` when it has no such operation. */
export function runTheirs(one: TableCase, file: Uint8Array, shape: Shape): (() => Promise<Buffer>) | null {
  const { theirs } = one.wish
  if (!theirs) return null
  return async () => {
    const picture = sharp(file, { limitInputPixels: false })
    if (one.width !== null) picture.resize(one.width)
    const done = await theirs(picture, shapeBefore(one, shape))
    return (one.output === 'png' ? done.png() : done.jpeg({ quality: QUALITY })).toBuffer()
  }
}
