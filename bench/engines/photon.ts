import { BLUR_SIGMA, COLOUR, type Engine, QUALITY } from '../job.ts'
import { type Orientation, orientationOf, storedSize, upright } from './upright.ts'

/** Photon compiled for Workers. Its WebP is lossless, so it does not take part there. */
export const photon: Engine = {
  name: 'photon',
  can: (job, megapixels) => job.format !== 'webp' && job.effects !== 'text' && megapixels <= 30,
  async run(file, job) {
    // Starts at import, for a third of a second: not before it is needed.
    const library = await import('@cf-wasm/photon/node')
    const image = library.PhotonImage.new_from_byteslice(file)
    const orientation = orientationOf(file)
    const size = storedSize(job, { width: image.get_width(), height: image.get_height() }, orientation)
    const scaled = library.resize(image, size.width, size.height, library.SamplingFilter.Lanczos3)
    image.free()
    const small = turned(library, scaled, orientation)
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

type Library = typeof import('@cf-wasm/photon/node')
type Picture = InstanceType<Library['PhotonImage']>

/** The picture turned upright, in its place. */
function turned(library: Library, picture: Picture, orientation: Orientation): Picture {
  if (orientation === 1) return picture
  const pixels = { data: picture.get_raw_pixels(), width: picture.get_width(), height: picture.get_height() }
  picture.free()
  const { data, width, height } = upright(pixels, orientation)
  return new library.PhotonImage(new Uint8Array(data), width, height)
}
