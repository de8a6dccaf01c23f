import sharp from 'sharp'
import { heightFor, type Job } from './job.ts'

/** The pixels that the result should have: decoded in full by libvips, then scaled. Without decoding in advance at a smaller scale. */
export async function referencePixels(file: Uint8Array, job: Job): Promise<Buffer> {
  const picture = sharp(file, { limitInputPixels: false }).autoOrient()
  const { autoOrient } = await picture.metadata()
  // A cut before the scaling, though of nothing, keeps libvips from decoding at a smaller scale.
  return picture
    .extract({ left: 0, top: 0, ...autoOrient })
    .resize(job.width, heightFor(job, autoOrient), { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer()
}

/** Peak signal-to-noise ratio of a file's pixels in decibels. */
export async function psnrDb(file: Uint8Array, reference: Buffer): Promise<number> {
  const pixels = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer()
  if (pixels.length !== reference.length) throw new Error(`a result of ${pixels.length} samples, ${reference.length} expected`)
  let error = 0
  for (let i = 0; i < pixels.length; i++) error += ((pixels[i] ?? 0) - (reference[i] ?? 0)) ** 2
  return Math.min(99, 10 * Math.log10((255 ** 2 * pixels.length) / error))
}
