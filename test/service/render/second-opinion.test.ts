import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import type { Engine } from '../../../src/image/engine/engine.ts'
import type { Encoded } from '../../../src/image/execute.ts'
import { type FormatName, step, type Step, type TransformPlan } from '../../../src/image/plan.ts'
import type { FileInfo, FileStore } from '../../../src/service/ports.ts'
import type { OpenContext } from '../../../src/service/render/compute.ts'
import { createRunPlan } from '../../../src/service/render/run-plan.ts'
import { createRunShared } from '../../../src/service/render/run-shared.ts'
import type { EngineChoice, EngineFault } from '../../../src/service/render/second-opinion.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { openImageContext } from '../../support/image-context.ts'
import { sample, translucent } from '../../support/pictures.ts'
import { runDeps } from '../../support/run-deps.ts'

const trap = (): never => {
  throw new WebAssembly.RuntimeError('unreachable')
}
const failedCheck = (): never => {
  throw new AppError('internal', { detail: 'a resampled row overtook the encoder' })
}
const slip = (): never => {
  throw new TypeError('rows is undefined')
}

type FaultOf = (...args: never[]) => never
/** A function of the core that fails, in the first instance alone or in each. */
interface Fault {
  readonly of: string
  readonly how?: FaultOf
  readonly isLasting?: boolean
}

/** Contexts whose core fails as told. */
function faultyContexts({ of, how = trap, isLasting = false }: Fault): OpenContext {
  let opened = 0
  return (isFresh) => {
    const { context, release } = openImageContext(isFresh)
    const isFaulty = isLasting || opened++ === 0
    const core = async (): Promise<Engine> => {
      const sound = await context.core()
      if (!(of in sound.exports)) throw new Error(`the core has no ${of}`)
      return isFaulty ? { ...sound, exports: { ...sound.exports, [of]: how } } : sound
    }
    return { context: { ...context, core }, release }
  }
}

interface Setting {
  readonly fault?: Fault
  readonly engine?: EngineChoice
  readonly totalBytes?: number
}

/** Runs plans on files whose first is the source, and keeps what was reported. */
function bench(contents: Readonly<Record<string, Uint8Array>>, { fault, engine = 'auto', totalBytes = 80_000_000 }: Setting = {}) {
  const infoOf = (path: string): FileInfo => {
    const file = { size: contents[path]?.length ?? 0, etag: 'e', lastModified: new Date(0) }
    return { path, ...file, mime: '', originalFileName: null, metadata: {}, tags: [] }
  }
  const files: Pick<FileStore, 'head' | 'open'> = {
    head: (_account, path) => Promise.resolve(infoOf(path)),
    open: (_account, path) =>
      Promise.resolve({
        info: infoOf(path),
        body: new Blob([new Uint8Array(contents[path] ?? [])]).stream() as ReadableStream<Uint8Array>,
      }),
  }
  const faults: EngineFault[] = []
  const deps = {
    ...runDeps(files, { totalBytes, maxWaiting: 8 }),
    engine,
    reportFault: (_account: string, found: EngineFault) => void faults.push(found),
    ...(fault && { openContext: faultyContexts(fault) }),
  }
  const [path = '', ...others] = Object.keys(contents)
  const timings = () => createTimings({ now: () => 0 })
  const run = (plan: TransformPlan): Promise<Encoded> =>
    createRunPlan(deps)({ account: 'a', source: infoOf(path), inputs: others.map(infoOf), plan, lane: 'request' }, timings())
  async function runTogether(plans: readonly TransformPlan[]): Promise<readonly (Encoded | AppError)[]> {
    const outcomes: (Encoded | AppError)[] = []
    const shared = createRunShared({ ...deps, maxSharedBytes: 40_000_000 })
    await shared({ account: 'a', source: infoOf(path), plans }, timings(), async (plan, outcome) => {
      outcomes[plan] = outcome
      return true
    })
    return outcomes
  }
  return { run, runTogether, faults, usage: deps.budget.usage }
}

const plan = (format: FormatName, ...steps: Step[]): TransformPlan => ({ steps, output: { format, quality: 90 } })
const resize = (width: number): Step => step('resize', { width })

async function pixels(file: Uint8Array): Promise<Buffer> {
  return sharp(file).toColourspace('srgb').ensureAlpha().raw().toBuffer()
}

async function psnr(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [one, two] = [await pixels(a), await pixels(b)]
  expect(one.length).toBe(two.length)
  const error = one.reduce((sum, value, i) => sum + (value - (two[i] as number)) ** 2, 0) / one.length
  return 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9))
}

/** A plan for each stage, and a function that only this stage calls. */
const STAGES = [
  { stage: 'decoding JPEG', of: 'jpegDecodeRow', input: 'jpeg', wish: plan('png', resize(200)) },
  { stage: 'decoding PNG', of: 'inflate', input: 'png', wish: plan('jpeg', resize(80)) },
  { stage: 'scaling', of: 'combinePixels', input: 'jpeg', wish: plan('webp', resize(300)) },
  { stage: 'scaling planes', of: 'combineColumns', input: 'jpeg', wish: plan('jpeg', resize(300)) },
  { stage: 'scaling in the middle', of: 'combinePixels', input: 'jpeg', wish: plan('webp', step('negate', {}), resize(300)) },
  {
    stage: 'a step',
    of: 'convolveRow',
    input: 'jpeg',
    wish: plan('png', resize(200), step('convolve', { kernel: [0, 1, 0, 1, 4, 1, 0, 1, 0], divisor: 8 })),
  },
  { stage: 'encoding JPEG', of: 'tokeniseRow', input: 'png', wish: plan('jpeg', step('negate', {})) },
  { stage: 'encoding PNG', of: 'deflateBlock', input: 'jpeg', wish: plan('png', resize(200)) },
] as const

const inputOf = (format: 'jpeg' | 'png'): Promise<Uint8Array> => (format === 'jpeg' ? sample() : translucent('png'))

describe('a core that fails', () => {
  const kinds = { trap, 'failed check': failedCheck, slip }
  const cases = STAGES.flatMap((one) => Object.entries(kinds).map(([kind, how]) => ({ ...one, kind, how })))

  it.each(cases)('by a $kind in $stage is helped by the second engine', async ({ of, how, input, wish }) => {
    const file = await inputOf(input)
    const sound = await bench({ '/a': file }).run(wish)
    expect(sound.engine).toBe('core')
    const { run, faults, usage } = bench({ '/a': file }, { fault: { of, how } })
    const helped = await run(wish)
    expect(helped).toMatchObject({ engine: 'second', mime: sound.mime })
    expect(await psnr(helped.body, sound.body)).toBeGreaterThan(30)
    expect(faults).toEqual([
      {
        path: '/a',
        sha256: createHash('sha256').update(file).digest('hex'),
        fault: expect.stringMatching(/unreachable|overtook|undefined/),
        outcome: 'ok',
      },
    ])
    expect(usage()).toEqual({ bytes: 0, waiting: 0 })
  })

  it.each(STAGES.filter(({ stage }) => stage !== 'a step'))('each time in $stage is helped as well', async ({ of, input, wish }) => {
    const { run } = bench({ '/a': await inputOf(input) }, { fault: { of, isLasting: true } })
    expect(await run(wish)).toMatchObject({ engine: 'second' })
  })

  it('each time in a step is the error that it was', async () => {
    const { of, input, wish } = STAGES[5]
    const { run, faults } = bench({ '/a': await inputOf(input) }, { fault: { of, isLasting: true } })
    await expect(run(wish)).rejects.toThrow('unreachable')
    expect(faults).toMatchObject([{ outcome: 'internal' }])
  })

  it('on a layer is helped, and the layer is decoded by the second engine too', async () => {
    const wish = plan('png', resize(200), step('composite', { path: '/layer', width: 60, position: 'center' }))
    const contents = { '/a': await sample(), '/layer': await sample('still-life') }
    const sound = await bench(contents).run(wish)
    const { run } = bench(contents, { fault: { of: 'jpegDecodeRow', isLasting: true } })
    const helped = await run(wish)
    expect(helped.engine).toBe('second')
    expect(await psnr(helped.body, sound.body)).toBeGreaterThan(30)
  })

  it('on plans that share a pass is helped in each of them', async () => {
    const wishes = [
      plan('jpeg', resize(60)),
      plan('jpeg', resize(100)),
      plan('png', resize(80)),
      plan('png', resize(90), step('negate', {})),
    ]
    const { runTogether, faults } = bench({ '/a': await sample() }, { fault: { of: 'jpegDecodeRow', isLasting: true } })
    expect(await runTogether(wishes)).toMatchObject(wishes.map(() => ({ engine: 'second' })))
    expect(faults).toHaveLength(4)
  })
})

describe('the core’s error stands', () => {
  const wish = plan('png', resize(200))
  const fault = { of: 'jpegDecodeRow', isLasting: true }

  it('when whole rasters do not fit into the memory', async () => {
    const { run, faults, usage } = bench({ '/a': await sample() }, { fault, totalBytes: 8_000_000 })
    await expect(run(wish)).rejects.toThrow('unreachable')
    expect(faults).toMatchObject([{ outcome: 'too_many_pixels', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(usage()).toEqual({ bytes: 0, waiting: 0 })
  })

  it('when the core alone is wanted', async () => {
    const { run, faults } = bench({ '/a': await sample() }, { fault, engine: 'core' })
    await expect(run(wish)).rejects.toThrow('unreachable')
    expect(faults).toEqual([])
  })

  it('for colours that the second engine does not know', async () => {
    const cmyk = await sharp(await sample())
      .resize(300)
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer()
    await expect(bench({ '/a': cmyk }, { fault }).run(wish)).rejects.toThrow('unreachable')
  })
})

it('a file that no engine decodes is damaged', async () => {
  const damaged = (await translucent('png')).slice()
  damaged.fill(0x55, 200)
  const { run, faults } = bench({ '/a': damaged }, { fault: { of: 'inflate', isLasting: true } })
  await expect(run(plan('jpeg'))).rejects.toMatchObject({ code: 'invalid_image' })
  expect(faults).toMatchObject([{ outcome: 'invalid_image' }])
})

it('an error that is the file’s or the client’s asks nobody', async () => {
  const damaged = (await sample()).slice(0, 100)
  const { run, faults } = bench({ '/a': damaged })
  await expect(run(plan('png'))).rejects.toMatchObject({ code: 'invalid_image' })
  expect(faults).toEqual([])
})

it('a forced second engine makes every result, also of plans that could share a pass', async () => {
  const { run, runTogether, faults } = bench(
    { '/a': await sample() },
    { engine: 'second', fault: { of: 'jpegDecodeRow', isLasting: true } },
  )
  expect(await run(plan('jpeg', resize(200)))).toMatchObject({ engine: 'second', mime: 'image/jpeg' })
  expect(await runTogether([plan('jpeg', resize(60)), plan('png', resize(60))])).toMatchObject([{ engine: 'second' }, { engine: 'second' }])
  expect(faults).toEqual([])
})
