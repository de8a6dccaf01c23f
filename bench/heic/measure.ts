/**
 * A photograph of 12 megapixels as phones write it (48 cells) to a JPEG of 800 pixels: this engine, beside Debian's heif-convert (libheif-examples) and then
 * sharp, in turns. heif-convert goes by a JPEG of its own, which is faster than its PNG, and decodes on several threads; it starts a process. Ends with 1 when
 * ours takes more than 2.5 times as long.
 *
 *   npm run bench:heic
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { execute } from '../../src/image/execute.ts'
import { step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { phoneHeic } from '../../test/support/heif/phone.ts'
import { openImageContext } from '../../test/support/image-context.ts'

const LIMITS = { maxSteps: 8, maxPixels: 1e8, maxSide: 12_000 }
const ROUNDS = 7
const MOST = 2.5
const WIDTH = 800

sharp.concurrency(1)
sharp.cache(false)

const folder = mkdtempSync(join(tmpdir(), 'emulsion-heic-'))
const [source, between] = [join(folder, 'photo.heic'), join(folder, 'photo.jpg')]

async function ours(file: Uint8Array): Promise<void> {
  const plan = { steps: [step('resize', { width: WIDTH })], output: { format: 'jpeg', quality: 80 } } as const
  const { context, release } = openImageContext()
  await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())
  await release(true)
}

const convert = (...prefix: readonly string[]): void => {
  const [program, ...args] = [...prefix, 'heif-convert', '-q', '95', source, between]
  execFileSync(program, args, { stdio: 'ignore' })
}

async function msOf(work: () => Promise<unknown> | void): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

try {
  const file = await phoneHeic()
  writeFileSync(source, file)
  const times = { ours: [] as number[], convert: [] as number[], oneCore: [] as number[], scale: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    const taken = {
      ours: await msOf(() => ours(file)),
      convert: await msOf(() => convert()),
      oneCore: await msOf(() => convert('taskset', '-c', '0')),
      scale: await msOf(() => sharp(between).resize(WIDTH).jpeg({ quality: 80 }).toBuffer()),
    }
    if (round > 0) for (const name of ['ours', 'convert', 'oneCore', 'scale'] as const) times[name].push(taken[name])
  }
  const least = (values: readonly number[]): number => Math.min(...values)
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
  const told = (of: (values: readonly number[]) => number) => {
    const [own, theirs, alone, scaling] = [of(times.ours), of(times.convert), of(times.oneCore), of(times.scale)]
    return { own, theirs, alone, scaling, ratio: own / (theirs + scaling) }
  }
  console.log(`${(file.length / 1e6).toFixed(1)} MB, ${ROUNDS} rounds after one to warm up`)
  console.log('| ms | ours | heif-convert | heif-convert on one core | sharp | ours / (heif-convert + sharp) | … on one core |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const [name, { own, theirs, alone, scaling, ratio }] of Object.entries({ least: told(least), median: told(median) }))
    console.log(
      `| ${[name, ...[own, theirs, alone, scaling].map((ms) => ms.toFixed(0)), ratio.toFixed(2), (own / (alone + scaling)).toFixed(2)].join(' | ')} |`,
    )
  const { ratio } = told(least)
  if (ratio > MOST) {
    console.error(`Expected at most ${MOST} times the time of heif-convert and sharp, measured ${ratio.toFixed(2)}.`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
