/**
 * What is left of fine detail where a JPEG is made smaller: PSNR against a full decode and one resampling (libvips), of this engine and of sharp as
 * it is by default. Stripes, a zone plate and small print, reduced by ratios about those that a decoder has.
 *
 *   npm run bench:patterns
 */
import sharp from 'sharp'
import { execute } from '../src/image/execute.ts'
import { step } from '../src/image/plan.ts'
import { planExecution } from '../src/image/planner.ts'
import { openImageContext } from '../test/support/image-context.ts'
import { drawPattern, PATTERNS, type Pattern } from '../test/support/patterns.ts'
import { scaling } from './job.ts'
import { psnrDb, referencePixels } from './quality.ts'

const RATIOS = [1.5, 2, 2.1, 2.9, 3, 3.5, 4, 4.1, 4.9, 5, 6, 8, 8.1, 9, 10]
const LIMITS = { maxSteps: 10, maxPixels: 1e9, maxSide: 20_000 }
/** Of the result. */
const WIDTH = 240

async function patternFile(pattern: Pattern, ratio: number, subsampling: '4:4:4' | '4:2:0'): Promise<Buffer> {
  const side = Math.round(WIDTH * ratio)
  const { data, width, height } = await drawPattern(pattern, { width: side, height: side })
  return sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 92, chromaSubsampling: subsampling })
    .toBuffer()
}

async function ours(file: Uint8Array): Promise<Uint8Array> {
  const { context, release } = openImageContext()
  const execution = planExecution({ steps: [step('resize', { width: WIDTH })], output: { format: 'png', quality: 80 } }, file, LIMITS)
  const { body } = await execute(execution, file, [], context, async (_phase, work) => work())
  await release(true)
  return body
}

for (const subsampling of ['4:2:0', '4:4:4'] as const) {
  console.log(`\n${subsampling}: this engine / sharp, dB\n`)
  console.log(`| ratio | ${PATTERNS.join(' | ')} |\n| ---: |${' ---: |'.repeat(PATTERNS.length)}`)
  for (const ratio of RATIOS) {
    const cells = []
    for (const pattern of PATTERNS) {
      const file = await patternFile(pattern, ratio, subsampling)
      const reference = await referencePixels(file, scaling(WIDTH, 'png'))
      const theirs = await sharp(file).resize(WIDTH).png().toBuffer()
      cells.push(`${(await psnrDb(await ours(file), reference)).toFixed(1)} / ${(await psnrDb(theirs, reference)).toFixed(1)}`)
    }
    console.log(`| ${ratio} | ${cells.join(' | ')} |`)
  }
}
