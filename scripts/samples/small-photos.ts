import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { URL } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { render } from './render.ts'
import { scenes, type SceneName } from './scenes.ts'

const WIDTH = 1600
const HEIGHT = 1067
const BITS_PER_PIXEL = 1.2

/** Quality from 75 to 90 whose file comes nearest to the bits a pixel of a camera's JPEG. */
async function encode(picture: Sharp): Promise<{ file: Buffer; quality: number }> {
  let best = { file: Buffer.alloc(0), quality: 0, miss: Infinity }
  for (let quality = 75; quality <= 90; quality++) {
    const file = await picture.clone().jpeg({ quality, mozjpeg: false }).toBuffer()
    const miss = Math.abs((file.length * 8) / (WIDTH * HEIGHT) - BITS_PER_PIXEL)
    if (miss < best.miss) best = { file, quality, miss }
  }
  return best
}

/** Renders every scene into samples/<name>.jpg. */
export async function makeSmallPhotos(): Promise<void> {
  for (const name of Object.keys(scenes) as SceneName[]) {
    // the table's own keys
    const { rgb, width, height } = await render(name, WIDTH, HEIGHT, { threads: availableParallelism() })
    const { file, quality } = await encode(sharp(rgb, { raw: { width, height, channels: 3 } }))
    await writeFile(new URL(`../../samples/${name}.jpg`, import.meta.url), file)
    console.log(`samples/${name}.jpg: ${width} x ${height}, quality ${quality}, ${Math.round(file.length / 1000)} kB`)
  }
}
