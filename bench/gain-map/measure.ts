/**
 * What the gain map of a photograph costs: CPU time of plans on an Ultra HDR file of 12 megapixels, its map a quarter as wide, beside the same plans on the
 * picture alone. Ends with 1 when it is more than 1.35 times as much.
 *
 *   npm run bench:gain-map
 */
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { largePhoto, makeLargePhotos } from '../../scripts/samples/large-photos.ts'
import { execute } from '../../src/image/execute.ts'
import { step, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../../test/support/image-context.ts'
import { assemble } from '../../test/support/ultra-hdr/write.ts'

const LIMITS = { maxSteps: 10, maxPixels: 1e9, maxSide: 20_000 }
const ROUNDS = 15
const MOST = 1.35

const PLANS: Readonly<Record<string, readonly Step[]>> = {
  'resize to 800': [step('resize', { width: 800 })],
  'resize to 2000': [step('resize', { width: 2000 })],
  'crop of 2000 × 1500': [step('crop', { x: 501, y: 301, width: 2000, height: 1500 })],
  'cover of 1080 × 1080': [step('cover', { width: 1080, height: 1080 })],
  'flip, 1600': [step('flip', { axis: 'horizontal' }), step('resize', { width: 1600 })],
  'rotate by 90 degrees, 1600': [step('rotate', { degrees: 90 }), step('resize', { width: 1600 })],
  'quality alone': [],
}

await makeLargePhotos(['12mp.jpg'])
const plain = new Uint8Array(readFileSync(largePhoto('12mp.jpg')))
const { width } = await sharp(plain).metadata()
// Gains have less detail than the picture: they follow its lights.
const gains = sharp(plain)
  .resize(Math.round(width / 4))
  .blur(1.5)
const files = {
  plain,
  gray: assemble(plain, await gains.clone().toColourspace('b-w').jpeg({ quality: 95 }).toBuffer()),
  colour: assemble(plain, await gains.clone().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()),
}

async function cpuMs(file: Uint8Array, steps: readonly Step[]): Promise<number> {
  const { context, release } = openImageContext()
  const before = process.cpuUsage()
  const execution = planExecution({ steps, output: { format: 'source', quality: 80 } }, file, LIMITS)
  const { gainMap } = await execute(execution, file, [], context, async (_phase, work) => work())
  const { user, system } = process.cpuUsage(before)
  await release(true)
  if ((gainMap === 'kept') !== (file !== plain)) throw new Error(`the gain map: ${gainMap}`)
  return (user + system) / 1000
}

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

let worst = 0
console.log('| plan | picture, ms | with a gray map | with one of three channels |\n| --- | ---: | ---: | ---: |')
for (const [name, steps] of Object.entries(PLANS)) {
  // In turns, so that what disturbs meets all.
  const rounds: { readonly plain: number; readonly gray: number; readonly colour: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [one, gray, colour] = [await cpuMs(files.plain, steps), await cpuMs(files.gray, steps), await cpuMs(files.colour, steps)]
    rounds.push({ plain: one, gray: gray / one, colour: colour / one })
  }
  const median = (kind: 'plain' | 'gray' | 'colour'): number => medianOf(rounds.map((round) => round[kind]))
  const [one, gray, colour] = [median('plain'), median('gray'), median('colour')]
  worst = Math.max(worst, gray, colour)
  console.log(`| ${name} | ${one.toFixed(0)} | ${gray.toFixed(2)} | ${colour.toFixed(2)} |`)
}
if (worst > MOST) {
  console.error(`Expected at most ${MOST} times the time of the picture alone, measured ${worst.toFixed(2)}.`)
  process.exitCode = 1
}
