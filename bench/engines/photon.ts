import { BLUR_SIGMA, COLOUR, type Engine, heightFor, QUALITY } from '../job.ts'

/** Photon compiled for Workers. Its WebP is lossless, so it does not take part there. */
export const photon: Engine = {
  name: 'photon',
  can: (job, megapixels) => job.format !== 'webp' && job.effects !== 'text' && megapixels <= 30,
  async run(file, job) {
    // Starts at import, for a third of a second: not before it is needed.
    const library = await import('@cf-wasm/photon/node')
    const image = library.PhotonImage.new_from_byteslice(file)
    const size = { width: image.get_width(), height: image.get_height() }
    const small = library.resize(image, job.width, heightFor(job, size), library.SamplingFilter.Lanczos3)
    image.free()
    if (job.effects === 'colour') {
      library.gaussian_blur(small, BLUR_SIGMA)
      library.saturate_hsl(small, COLOUR.saturation - 1)
      library.inc_brightness(small, Math.round((COLOUR.brightness - 1) * 255))
    }
    const bytes = job.format === 'jpeg' ? small.get_bytes_jpeg(QUALITY) : small.get_bytes()
    small.free()
    return { bytes, pixelBytes: 0 }
  },
}
