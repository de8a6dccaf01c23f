/**
 * What each of the eight symmetries of a JPEG of 12 megapixels takes without loss, beside jpegtran of libjpeg-turbo (with `-optimize`, as ours has it): least CPU times of rounds in turns,
 * and memory: the core's, the file and the result. Ends with 1 when a baseline file takes more than 80 ms or 20 MB, or longer than jpegtran.
 *
 *   npm run bench:lossless-jpeg
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { largePhoto, makeLargePhotos } from '../../scripts/samples/large-photos.ts'
import { execute } from '../../src/image/execute.ts'
import { DEFAULT_OUTPUT, step, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../../test/support/image-context.ts'

const LIMITS = { maxSteps: 10, maxPixels: 1e9, maxSide: 20_000 }
const OUTPUT = { ...DEFAULT_OUTPUT, lossless: true, onlyLossless: true } as const
const ROUNDS = 9
const [MOST_MS, MOST_BYTES] = [80, 20e6]

const PLANS: Readonly<Record<string, { readonly steps: readonly Step[]; readonly flags: readonly string[] }>> = {
  'as it is': { steps: [], flags: [] },
  'from left to right': { steps: [step('flip', { axis: 'horizontal' })], flags: ['-flip', 'horizontal'] },
  'upside down': { steps: [step('flip', { axis: 'vertical' })], flags: ['-flip', 'vertical'] },
  'by 90 degrees': { steps: [step('rotate', { degrees: 90 })], flags: ['-rotate', '90'] },
  'by 180 degrees': { steps: [step('rotate', { degrees: 180 })], flags: ['-rotate', '180'] },
  'by 270 degrees': { steps: [step('rotate', { degrees: 270 })], flags: ['-rotate', '270'] },
  'along one diagonal': { steps: [step('rotate', { degrees: 90 }), step('flip', { axis: 'horizontal' })], flags: ['-transpose'] },
  'along the other': { steps: [step('rotate', { degrees: 90 }), step('flip', { axis: 'vertical' })], flags: ['-transverse'] },
}

const folder = mkdtempSync(join(tmpdir(), 'lossless-jpeg-'))
let isOver = false
try {
  await makeLargePhotos(['12mp.jpg'])
  const original = readFileSync(largePhoto('12mp.jpg'))
  const { width, height } = await sharp(original).metadata()
  // Whole MCUs, so that every turn is without loss.
  const whole = sharp(original).extract({ left: 0, top: 0, width: width & ~15, height: height & ~15 })
  const files = {
    baseline: await whole.clone().jpeg({ quality: 85 }).toBuffer(),
    progressive: await whole.clone().jpeg({ quality: 85, progressive: true }).toBuffer(),
  }
  for (const [kind, bytes] of Object.entries(files)) {
    const path = join(folder, `${kind}.jpg`)
    writeFileSync(path, bytes)
    console.log(`\n${kind}, ${width & ~15}×${height & ~15}, ${(bytes.length / 1e6).toFixed(2)} MB\n`)
    console.log(
      '| turned | ms | jpegtran, ms | times | memory, MB | planned, MB | bytes of jpegtran |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    )
    const found: Record<string, Awaited<ReturnType<typeof measure>>> = {}
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, { steps, flags }] of Object.entries(PLANS)) {
        const one = await measure(new Uint8Array(bytes), path, steps, flags)
        const before = found[name]
        found[name] = { ...one, ms: Math.min(one.ms, before?.ms ?? Infinity), theirs: Math.min(one.theirs, before?.theirs ?? Infinity) }
      }
    for (const [name, { ms, theirs, memory, planned, ratio }] of Object.entries(found)) {
      if (kind === 'baseline') isOver ||= ms > MOST_MS || memory > MOST_BYTES || ms > theirs
      const cells = [
        ms.toFixed(0),
        theirs.toFixed(0),
        (ms / theirs).toFixed(2),
        (memory / 1e6).toFixed(1),
        (planned / 1e6).toFixed(1),
        ratio.toFixed(4),
      ]
      console.log(`| ${[name, ...cells].join(' | ')} |`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
if (isOver) {
  console.error(`Expected at most ${MOST_MS} ms, ${MOST_BYTES / 1e6} MB and the time of jpegtran for baseline files.`)
  process.exitCode = 1
}

/** Of a program, as the shell tells it. */
function cpuMs(program: string, args: readonly string[]): number {
  const told = execFileSync('bash', ['-c', 'TIMEFORMAT="%U %S"; { time "$@" 2>/dev/null; } 2>&1', 'bash', program, ...args], {
    encoding: 'utf8',
  })
  return told
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + 1000 * Number(seconds), 0)
}

async function measure(file: Uint8Array, path: string, steps: readonly Step[], flags: readonly string[]) {
  const out = join(folder, 'out.jpg')
  const { context } = openImageContext()
  const before = process.cpuUsage()
  const execution = planExecution({ steps, output: OUTPUT }, file, LIMITS)
  const { body } = await execute(execution, file, [], context, async (_phase, work) => work())
  const { user, system } = process.cpuUsage(before)
  const theirs = cpuMs('jpegtran', ['-copy', 'none', '-optimize', ...flags, '-outfile', out, path])
  const core = (await context.core()).size()
  return {
    ms: (user + system) / 1000,
    theirs,
    memory: core + file.length + body.length,
    planned: execution.peakBytes,
    ratio: body.length / readFileSync(out).length,
  }
}
