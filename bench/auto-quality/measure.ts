/**
 * What `q=auto` saves beside a fixed quality: bytes and least SSIM over 24 photographs and 12 graphics, and what it takes in time. Photographs are shown whole
 * at 800 pixels and, until there are 24, in parts of 800 × 600 at their own scale. The score is that of src/image/definitions/ssim.ts on the whole picture.
 *
 *   npm run bench:quality
 *   npm run bench:quality -- --photos DIRECTORY --q auto:high --fixed 85
 */
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import sharp from 'sharp'
import { execute } from '../../src/image/execute.ts'
import { type Output, QUALITY_WISHES } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { lumaOnWhite, type LumaPlane, ssimOf } from '../../src/image/definitions/ssim.ts'
import { openImageContext } from '../../test/support/image-context.ts'
import { graphics, photographs, type Shown } from './pictures.ts'

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: resolve(import.meta.dirname, '../../samples') },
    q: { type: 'string', default: 'auto' },
    fixed: { type: 'string', default: '80' },
    formats: { type: 'string', default: 'jpeg,webp' },
    each: { type: 'boolean', default: false },
  },
})
const LIMITS = { maxSteps: 4, maxPixels: 1e8, maxSide: 20_000 }

interface Made {
  readonly bytes: number
  readonly score: number
  readonly ms: number
  readonly quality: string
}

async function lumaOf(file: Uint8Array): Promise<LumaPlane> {
  const { data, info } = await sharp(file).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const luma = Uint8Array.from({ length: info.width * info.height }, (_, i) =>
    lumaOnWhite(...(Array.from(data.subarray(i * 4, i * 4 + 4)) as [number, number, number, number])),
  )
  return { width: info.width, height: info.height, data: luma }
}

async function make({ file, luma }: Shown & { readonly luma: LumaPlane }, output: Output): Promise<Made> {
  const { context, release } = openImageContext()
  const started = performance.now()
  const result = await execute(planExecution({ steps: [], output }, file, LIMITS), file, [], context, async (_phase, work) => work())
  const ms = performance.now() - started
  await release(true)
  const body = result.body.slice()
  return { bytes: body.length, score: ssimOf(luma, await lumaOf(body)), ms, quality: result.quality ?? String(output.quality) }
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0)

function report(kind: string, format: string, fixed: readonly Made[], auto: readonly Made[]): void {
  const bytes = sum(auto.map((one) => one.bytes)) / sum(fixed.map((one) => one.bytes)) - 1
  const least = (all: readonly Made[]): string => Math.min(...all.map(({ score }) => score)).toFixed(4)
  const time = sum(auto.map(({ ms }) => ms)) / sum(fixed.map(({ ms }) => ms))
  console.log(
    `| ${auto.length} ${kind} | ${format} | ${(bytes * 100).toFixed(1)} % | ${least(fixed)} | ${least(auto)} | ${time.toFixed(2)} |`,
  )
}

const wish = QUALITY_WISHES[values.q as keyof typeof QUALITY_WISHES]
const pictures = { photographs: await photographs(values.photos), graphics: await graphics() }
console.log(
  `| pictures | format | bytes of q=${values.q} against q=${values.fixed} | least SSIM, q=${values.fixed} | q=${values.q} | time |`,
)
console.log('| :--- | :--- | ---: | ---: | ---: | ---: |')
for (const format of values.formats.split(',') as readonly ('jpeg' | 'webp')[]) {
  for (const [kind, all] of Object.entries(pictures)) {
    const [fixed, auto]: [Made[], Made[]] = [[], []]
    for (const shown of all) {
      const of = { ...shown, luma: await lumaOf(shown.file) }
      fixed.push(await make(of, { format, quality: Number(values.fixed) }))
      auto.push(await make(of, { format, ...wish }))
      const [one, other] = [fixed.at(-1), auto.at(-1)]
      if (values.each)
        console.log(
          `${shown.name} ${format}: ${one?.bytes} ${one?.score.toFixed(4)} → ${other?.bytes} ${other?.score.toFixed(4)} (${other?.quality})`,
        )
    }
    report(kind, format, fixed, auto)
  }
}
