import sharp from 'sharp'
import { addGrain } from './film-grain.ts'

/** Grain, in 8-bit steps, that gives an enlarged picture the bits per pixel of a camera's at quality 85. */
const GRAIN = 3

/** The pixels (RGB) of a picture's file at a larger size, with fresh grain in place of the detail that it lacks. */
export async function enlarge(file: string | Uint8Array, width: number, height: number, seed: number): Promise<Uint8Array> {
  const rgb = await sharp(file).resize(width, height, { kernel: 'cubic', fit: 'fill' }).removeAlpha().raw().toBuffer()
  addGrain(rgb, width, GRAIN, seed)
  return rgb
}
