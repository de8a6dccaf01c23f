import library from 'sharp'
import { BLUR_SIGMA, COLOUR, CONTRAST_LEVEL, type Engine, heightFor, QUALITY, TEXT } from '../job.ts'

library.concurrency(1)
library.cache(false)

/** A tight box around the text, so that no more is blended than need be. */
const TEXT_SVG = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="620" height="75"><text y="58" font-family="Liberation Sans" font-size="${TEXT.size}" ` +
    `fill="#${TEXT.colour}">${TEXT.text}</text></svg>`,
)

/** libvips, native, on one thread: what Workers cannot run. */
export const sharp: Engine = {
  name: 'sharp',
  can: () => true,
  async run(file, job) {
    const picture = library(file, { limitInputPixels: false }).autoOrient()
    const { autoOrient } = await picture.metadata()
    picture.resize(job.width, heightFor(job, autoOrient), { fit: 'fill' })
    if (job.effects !== 'none') picture.blur(BLUR_SIGMA)
    if (job.effects === 'colour') picture.modulate(COLOUR)
    if (job.effects === 'text') {
      const slope = ((100 + CONTRAST_LEVEL) / 100) ** 2
      picture.linear(slope, 127.5 * (1 - slope)).composite([{ input: TEXT_SVG, left: TEXT.left, top: TEXT.top }])
    }
    const encoded =
      job.format === 'jpeg'
        ? picture.jpeg({ quality: QUALITY })
        : job.format === 'webp'
          ? picture.webp({ quality: QUALITY })
          : picture.png()
    return { bytes: await encoded.toBuffer(), pixelBytes: 0 }
  },
}
