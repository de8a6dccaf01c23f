import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { DRAWN } from '../webp-lossless/pictures.ts'

/** A picture as a lossless file. */
export interface Shown {
  readonly name: string
  readonly file: Uint8Array
}

const [PHOTOGRAPHS, GRAPHICS] = [24, 12]
const PART = { width: 800, height: 600 }

const png = async (name: string, picture: Sharp): Promise<Shown> => ({
  name,
  file: new Uint8Array(await picture.toColourspace('srgb').removeAlpha().png({ compressionLevel: 1 }).toBuffer()),
})

/** Each photograph of a directory at 800 pixels, then parts of the larger ones at their own scale, 24 in all as far as they go. */
export async function photographs(directory: string): Promise<readonly Shown[]> {
  const names = readdirSync(directory).filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
  const open = (name: string): Sharp => sharp(readFileSync(join(directory, name))).autoOrient()
  const shown: Shown[] = []
  for (const name of names.slice(0, PHOTOGRAPHS)) shown.push(await png(name, open(name).resize({ width: 800, withoutEnlargement: true })))
  for (let round = 0; shown.length < PHOTOGRAPHS && round < PHOTOGRAPHS; round++) {
    for (const name of names) {
      const { width, height } = (await open(name).metadata()).autoOrient
      if (shown.length === PHOTOGRAPHS || width < 2 * PART.width || height < 2 * PART.height) continue
      const left = (round * 331 + 200) % (width - PART.width)
      const top = (round * 173 + 200) % (height - PART.height)
      shown.push(await png(`${name} at ${left}, ${top}`, open(name).extract({ left, top, ...PART })))
    }
  }
  return shown
}

/** Text, a chart, circles and an icon, at three scales each. */
export async function graphics(): Promise<readonly Shown[]> {
  const shown: Shown[] = []
  for (const scale of [1, 0.75, 0.4]) {
    for (const [name, draw] of Object.entries(DRAWN)) {
      const { width } = await draw().metadata()
      const picture = draw()
        .flatten({ background: '#fff' })
        .resize(Math.round(width * scale))
      shown.push(await png(`${name} × ${scale}`, picture))
    }
  }
  return shown.slice(0, GRAPHICS)
}
