import library from 'sharp'
import { CHAIN, type Engine, heightFor, QUALITY } from '../job.ts'

library.concurrency(1)
library.cache(false)

/** libvips, native, on one thread: what Workers cannot run. */
export const sharp: Engine = {
  name: 'sharp',
  can: () => true,
  async run(file, job) {
    const picture = library(file, { limitInputPixels: false }).autoOrient()
    const { autoOrient } = await picture.metadata()
    picture.resize(job.width, heightFor(job, autoOrient), { fit: 'fill' })
    if (job.hasChain) picture.blur(CHAIN.sigma).modulate({ brightness: CHAIN.brightness, saturation: CHAIN.saturation })
    const encoded =
      job.format === 'jpeg'
        ? picture.jpeg({ quality: QUALITY })
        : job.format === 'webp'
          ? picture.webp({ quality: QUALITY })
          : picture.png()
    return { bytes: await encoded.toBuffer(), pixelBytes: 0 }
  },
}
