import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { largePhoto, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { type Case, colourChain, type Job, scaling, textChain } from './job.ts'

/** Real photographs that are not part of the project; used when they are there. */
const PHOTOGRAPHS = resolve(import.meta.dirname, '../../shared/corpus/photos')

const sample = (name: string, job: Job): Case => ({ file: largePhoto(name), input: name, job })

/** The cases on the project's own pictures. */
const SAMPLES: readonly Case[] = [
  ...[2, 12, 24, 50, 100].map((size) => sample(`${size}mp.jpg`, scaling(800, 'jpeg'))),
  ...[12, 24, 50, 100].map((size) => sample(`${size}mp-progressive.jpg`, scaling(800, 'jpeg'))),
  ...[2, 12, 24].map((size) => sample(`${size}mp.jpg`, scaling(800, 'webp'))),
  sample('2mp.png', scaling(400, 'png')),
  sample('2mp-adaptive.png', scaling(400, 'png')),
  sample('12mp-p3.jpg', scaling(800, 'jpeg')),
  sample('12mp.jpg', scaling(4260, 'webp')),
  sample('12mp.webp', scaling(800, 'jpeg')),
  sample('12mp.webp', scaling(4260, 'jpeg')),
  sample('12mp-lossless.webp', scaling(800, 'jpeg')),
  sample('100mp-lossless.webp', scaling(800, 'jpeg')),
  sample('12mp.jpg', scaling(2400, 'jpeg')),
  sample('12mp.jpg', colourChain(1200)),
  sample('12mp.jpg', textChain(1200)),
]

export const allCases = (): readonly Case[] => [...SAMPLES, ...photographs()]

/** Makes the project's own pictures of these cases when they are not there. */
export const makeSamples = (cases: readonly Case[]): Promise<void> =>
  makeLargePhotos(cases.filter((one) => SAMPLES.includes(one)).map(({ input }) => input))

/** Those of 10 megapixels and more: small ones say nothing here. */
function photographs(): Case[] {
  if (!existsSync(PHOTOGRAPHS)) return []
  return readdirSync(PHOTOGRAPHS)
    .filter((name) => /^(Nikon|Leica|Canon_PowerShot_G11|Issue)/.test(name) && name.endsWith('.jpg'))
    .map((name) => ({ file: `${PHOTOGRAPHS}/${name}`, input: name, job: scaling(800, 'jpeg') }))
}
