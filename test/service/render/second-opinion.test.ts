import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError, type ErrorCode } from '../../../src/errors.ts'
import type { Engine } from '../../../src/image/engine/engine.ts'
import type { Encoded } from '../../../src/image/execute.ts'
import { type FormatName, step, type Step, type TransformPlan } from '../../../src/image/plan.ts'
import { type Execution, planExecution } from '../../../src/image/planner.ts'
import { SECOND_STAGES } from '../../../src/image/second/stages.ts'
import { CORE_STAGES } from '../../../src/image/codecs/stages.ts'
import type { FileInfo, FileStore } from '../../../src/service/ports.ts'
import type { OpenContext } from '../../../src/service/render/compute.ts'
import { createRunPlan } from '../../../src/service/render/run-plan.ts'
import { createRunShared } from '../../../src/service/render/run-shared.ts'
import { type EngineChoice, type EngineFault, withSecondOpinion } from '../../../src/service/render/second-opinion.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { openImageContext } from '../../support/image-context.ts'
import { progressiveJpeg, sample, translucent } from '../../support/pictures.ts'
import { LIMITS, runDeps } from '../../support/run-deps.ts'

/** How many of the next calls of libwebp trap. */
const libwebp = vi.hoisted(() => ({ decode: 0, encode: 0 }))
type Factory = (options: unknown) => Promise<Record<'decode' | 'encode', (...args: unknown[]) => unknown>>
function trapping(name: 'decode' | 'encode') {
  return async (original: () => Promise<{ default: Factory }>) => {
    const start = (await original()).default
    const faulty: Factory = async (options) => {
      const instance = await start(options)
      return { ...instance, [name]: (...args: unknown[]) => (libwebp[name]-- > 0 ? trap() : instance[name](...args)) }
    }
    return { default: faulty }
  }
}
vi.mock('@jsquash/webp/codec/dec/webp_dec.js', trapping('decode'))
vi.mock('@jsquash/webp/codec/enc/webp_enc_simd.js', trapping('encode'))
beforeEach(() => void Object.assign(libwebp, { decode: 0, encode: 0 }))

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

/** A context that was opened, and how it came back. */
interface Opened {
  readonly isFresh: boolean
  isHealthy?: boolean
}

/** Contexts whose core fails as told. */
function faultyContexts({ of, how = trap, isLasting = false }: Fault, opened: Opened[], onSecond: () => void): OpenContext {
  return (isFresh = false) => {
    const { context, release } = openImageContext(isFresh)
    const one: Opened = { isFresh }
    const isFaulty = opened.push(one) === 1 || isLasting
    const resizer = (): Promise<WebAssembly.Module> => {
      onSecond()
      return context.wasm.resizer()
    }
    const core = async (): Promise<Engine> => {
      const sound = await context.core()
      if (!(of in sound.exports)) throw new Error(`the core has no ${of}`)
      return isFaulty ? { ...sound, exports: { ...sound.exports, [of]: how } } : sound
    }
    return {
      context: { ...context, core, wasm: { ...context.wasm, resizer } },
      release(isHealthy) {
        one.isHealthy = isHealthy
        return release(isHealthy)
      },
    }
  }
}

interface Setting {
  readonly fault?: Fault
  readonly engine?: EngineChoice
  readonly totalBytes?: number
  /** Called when the second engine scales. */
  readonly onSecond?: () => void
}

/** Runs plans on files whose first is the source, and keeps what was reported. */
function bench(
  contents: Readonly<Record<string, Uint8Array>>,
  { fault, engine = 'auto', totalBytes = 80_000_000, onSecond = () => undefined }: Setting = {},
) {
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
  const opened: Opened[] = []
  const deps = {
    ...runDeps(files, { totalBytes, maxWaiting: 8 }),
    engine,
    reportFault: (_account: string, found: EngineFault) => void faults.push(found),
    ...(fault && { openContext: faultyContexts(fault, opened, onSecond) }),
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
  return { run, runTogether, faults, opened, usage: deps.budget.usage }
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

const LOSSLESS: TransformPlan = { steps: [resize(80)], output: { format: 'webp', quality: 90, lossless: true } }

/** A plan for each stage, and a function that only this stage calls. */
const STAGES = [
  { stage: 'decoding JPEG', of: 'jpegDecodeRow', input: 'jpeg', wish: plan('png', resize(200)) },
  { stage: 'decoding the scans of a progressive JPEG', of: 'jpegAcRow', input: 'progressive', wish: plan('png', resize(200)) },
  { stage: 'decoding the blocks of a progressive JPEG', of: 'jpegCoefficientRow', input: 'progressive', wish: plan('jpeg', resize(200)) },
  { stage: 'converting JPEG', of: 'yccToRgbaRow', input: 'jpeg', wish: plan('webp', resize(200)) },
  { stage: 'turning JPEG', of: 'turnPlane', input: 'turned', wish: plan('jpeg', resize(200)) },
  { stage: 'unfiltering PNG', of: 'pngUnfilter', input: 'png', wish: plan('png', resize(80)) },
  { stage: 'scaling WebP', of: 'combinePremultipliedPixels', input: 'webp', wish: plan('png', resize(80)) },
  { stage: 'decoding PNG', of: 'inflate', input: 'png', wish: plan('jpeg', resize(80)) },
  { stage: 'scaling', of: 'combinePixels', input: 'jpeg', wish: plan('webp', resize(300)) },
  { stage: 'scaling planes', of: 'combineColumns', input: 'jpeg', wish: plan('jpeg', resize(300)) },
  { stage: 'scaling in the middle', of: 'combinePixels', input: 'jpeg', wish: plan('webp', step('negate', {}), resize(300)) },
  { stage: 'encoding JPEG', of: 'tokeniseRow', input: 'png', wish: plan('jpeg', step('negate', {})) },
  { stage: 'encoding JPEG again', of: 'writeTokens', input: 'jpeg', wish: plan('jpeg', resize(300)) },
  { stage: 'encoding PNG', of: 'deflateBlock', input: 'jpeg', wish: plan('png', resize(200)) },
  { stage: 'decoding lossless WebP', of: 'vp8lPixels', input: 'webp', wish: plan('png', resize(80)) },
  { stage: 'decoding lossy WebP', of: 'vp8DecodeRow', input: 'lossy', wish: plan('png', resize(200)) },
  { stage: 'decoding small WebP', of: 'vp8StretchLuma', input: 'lossy', wish: plan('png', resize(40)) },
  { stage: 'decoding the alpha of WebP', of: 'vp8PutAlpha', input: 'lossy with alpha', wish: plan('png', resize(80)) },
  { stage: 'encoding WebP', of: 'vp8EncodeRow', input: 'jpeg', wish: plan('webp', resize(200)) },
  { stage: 'writing WebP', of: 'vp8WriteTokens', input: 'jpeg', wish: plan('webp', resize(200)) },
  { stage: 'encoding the alpha of WebP', of: 'vp8leParse', input: 'png', wish: plan('webp', resize(80)) },
  { stage: 'encoding lossless WebP', of: 'vp8leParse', input: 'png', wish: LOSSLESS },
  { stage: 'filtering PNG', of: 'pngFilter', input: 'jpeg', wish: plan('png', resize(200)) },
] as const

const INPUTS = {
  jpeg: () => sample(),
  progressive: () => progressiveJpeg(),
  turned: async () =>
    sharp(await sample())
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer(),
  png: () => translucent('png'),
  webp: () => translucent('webp'),
  lossy: async () =>
    sharp(await sample())
      .webp({ quality: 90 })
      .toBuffer(),
  'lossy with alpha': async () =>
    sharp(await translucent('png'))
      .webp({ quality: 90 })
      .toBuffer(),
}
const inputOf = async (name: keyof typeof INPUTS): Promise<Uint8Array> => new Uint8Array(await INPUTS[name]())

/** Kernels of steps: the second run has them too, on an instance that nobody has used. */
const KERNELS = [
  { of: 'convolveRow', steps: [step('convolve', { kernel: [0, 1, 0, 1, 4, 1, 0, 1, 0], divisor: 8 })] },
  { of: 'medianRow', steps: [step('median', { size: 5 })] },
  { of: 'lookUpPixels', steps: [step('brightness', { level: 20 })] },
  { of: 'changeLabPixels', steps: [step('modulate', { saturation: 1.5 })] },
  {
    of: 'flattenPixels',
    steps: [step('extend', { left: 5, right: 5, background: '00000000' }), step('flatten', { background: 'ff0000ff' })],
  },
] as const

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

  it.each(KERNELS)('once in $of of a step is helped by an instance that nobody has used', async ({ of, steps }) => {
    const contents = { '/a': await sample() }
    const wish = plan('png', resize(200), ...steps)
    const sound = await bench(contents).run(wish)
    const helped = await bench(contents, { fault: { of } }).run(wish)
    expect(helped.engine).toBe('second')
    expect(await psnr(helped.body, sound.body)).toBeGreaterThan(30)
  })

  it.each(STAGES)('each time in $stage is helped as well', async ({ of, input, wish }) => {
    const { run } = bench({ '/a': await inputOf(input) }, { fault: { of, isLasting: true } })
    expect(await run(wish)).toMatchObject({ engine: 'second' })
  })

  it('each time in a step is the error that it was', async () => {
    const { of, steps } = KERNELS[0]
    const { run, faults } = bench({ '/a': await sample() }, { fault: { of, isLasting: true } })
    await expect(run(plan('png', resize(200), ...steps))).rejects.toThrow('unreachable')
    expect(faults).toMatchObject([{ outcome: 'internal' }])
  })

  it('has a lossless picture as exact from the second engine', async () => {
    const contents = { '/a': await translucent('png') }
    const wish = { ...LOSSLESS, steps: [] }
    const helped = await bench(contents, { fault: { of: 'vp8leParse' } }).run(wish)
    expect(helped.engine).toBe('second')
    expect((await pixels(helped.body)).equals(await pixels(contents['/a']))).toBe(true)
  })

  it('is a damaged file when the second engine finds it damaged', async () => {
    const whole = await inputOf('lossy')
    const file = whole.slice(0, 2 * Math.floor(whole.length / 4))
    const view = new DataView(file.buffer)
    view.setUint32(4, file.length - 8, true)
    view.setUint32(16, file.length - 20, true)
    await expect(bench({ '/a': file }, { fault: { of: 'vp8DecodeRow' } }).run(plan('png', resize(80)))).rejects.toMatchObject({
      code: 'invalid_image',
    })
  })

  it('whose second traps too says that the file is damaged, or that we failed', async () => {
    libwebp.decode = 1
    const decoding = bench({ '/a': await inputOf('lossy') }, { fault: { of: 'vp8DecodeRow' } })
    await expect(decoding.run(plan('webp', resize(80)))).rejects.toMatchObject({ code: 'invalid_image' })
    libwebp.encode = 1
    const encoding = bench({ '/a': await sample() }, { fault: { of: 'vp8EncodeRow' } })
    await expect(encoding.run(plan('webp', resize(80)))).rejects.toThrow('unreachable')
  })

  it('gives its instance back as spoilt, and the next run has one that nobody has used', async () => {
    const contents = { '/a': await sample() }
    const fault = { of: 'jpegDecodeRow' }
    const alone = bench(contents, { fault })
    await alone.run(plan('png', resize(200)))
    expect(alone.opened).toEqual([
      { isFresh: false, isHealthy: false },
      { isFresh: true, isHealthy: true },
    ])
    const together = bench(contents, { fault })
    expect(await together.runTogether([plan('jpeg', resize(60)), plan('jpeg', resize(100))])).toMatchObject([
      { engine: 'core' },
      { engine: 'core' },
    ])
    expect(together.opened.map(({ isHealthy }) => isHealthy)).toEqual([false, true, true])
  })

  it('is helped within memory that was leased before', async () => {
    const file = await sample()
    const wish = plan('png', resize(200))
    const leased: number[] = []
    const { run, usage } = bench({ '/a': file }, { fault: { of: 'jpegDecodeRow' }, onSecond: () => void leased.push(usage().bytes) })
    await run(wish)
    expect(leased).toHaveLength(1)
    expect(leased[0]).toBeGreaterThanOrEqual(planExecution(wish, file, LIMITS, SECOND_STAGES).peakBytes)
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

describe('an error of the second run', () => {
  /** A run whose core traps, and whose files cannot be read again. */
  const failWith = (code: ErrorCode): Promise<Encoded> => {
    const refuse = () => Promise.reject(new AppError(code))
    const memory = { hold: () => Promise.resolve(), read: refuse, release: () => undefined }
    const deps = { engine: 'auto' as const, limits: LIMITS, hashBytes: () => Promise.resolve(''), reportFault: () => undefined }
    const work = { source: { path: '/a', size: 1, etag: 'e' }, inputs: [], execution: { stages: CORE_STAGES } as Execution }
    return withSecondOpinion(deps, 'a', memory, work, () => Promise.reject(new WebAssembly.RuntimeError('unreachable')))
  }

  it.each(['invalid_image', 'file_changed', 'file_not_found', 'overloaded', 'renderer_unavailable', 'abandoned'] as const)(
    'that says more is told: %s',
    async (code) => {
      await expect(failWith(code)).rejects.toMatchObject({ code })
    },
  )

  it.each(['too_many_pixels', 'unsupported_format', 'internal'] as const)('that says less is not: %s', async (code) => {
    await expect(failWith(code)).rejects.toThrow('unreachable')
  })
})

it('a file that no engine decodes is damaged', async () => {
  const damaged = (await translucent('png')).slice()
  damaged.fill(0x55, 200)
  const { run, faults } = bench({ '/a': damaged }, { fault: { of: 'inflate', isLasting: true } })
  await expect(run(plan('jpeg'))).rejects.toMatchObject({ code: 'invalid_image' })
  expect(faults).toMatchObject([{ outcome: 'invalid_image' }])
})

it.each([
  ['in its header', async () => (await sample()).slice(0, 100)],
  ['in its pixels', async () => (await translucent('webp')).slice().fill(0xff, 60)],
])('a file that is damaged %s asks nobody', async (_, damaged) => {
  const { run, faults } = bench({ '/a': await damaged() })
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
