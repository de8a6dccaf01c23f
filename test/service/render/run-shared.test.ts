import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import type { Encoded } from '../../../src/image/execute.ts'
import { step, type FormatName, type Step, type TransformPlan } from '../../../src/image/plan.ts'
import type { FileInfo, FileStore } from '../../../src/service/ports.ts'
import { createRunPlan } from '../../../src/service/render/run-plan.ts'
import { createRunShared } from '../../../src/service/render/run-shared.ts'
import { createTimings, type Timings } from '../../../src/service/render/timings.ts'
import { runDeps } from '../../support/run-deps.ts'
import { ultraHdr } from '../../support/ultra-hdr/write.ts'

/** Not flat, so that every resampling shows: a plasma that no two places share. */
const picture = (width: number, height: number) => {
  const data = Buffer.alloc(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    data[i * 3] = 128 + 120 * Math.sin(x / 17 + y / 41)
    data[i * 3 + 1] = 128 + 120 * Math.cos(x / 7 - y / 13)
    data[i * 3 + 2] = (x * y) % 256
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const grain = Buffer.from(Uint8Array.from({ length: 700 * 500 * 3 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24))

let sources: Readonly<Record<string, Buffer>>
beforeAll(async () => {
  sources = {
    'baseline.jpg': await picture(1301, 867).jpeg({ quality: 90 }).toBuffer(),
    'progressive.jpg': await picture(801, 600).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    'grainy.jpg': await sharp(grain, { raw: { width: 700, height: 500, channels: 3 } })
      .jpeg({ quality: 95 })
      .toBuffer(),
    'turned.jpg': await picture(640, 480).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'plain.png': await picture(300, 200).png().toBuffer(),
    'ultra-hdr.jpg': Buffer.from(await ultraHdr()),
  }
})

function bench(file: Buffer) {
  const info: FileInfo = {
    path: '/source',
    size: file.length,
    etag: 'e',
    lastModified: new Date(0),
    mime: '',
    originalFileName: null,
    metadata: {},
    tags: [],
  }
  let fetched = 0
  const files: Partial<FileStore> = {
    open() {
      fetched++
      return Promise.resolve({ info, body: new Blob([new Uint8Array(file)]).stream() as ReadableStream<Uint8Array> })
    },
  }
  const deps = runDeps(files as FileStore) // only open is called
  const decodings: string[] = []
  const timings = createTimings({ now: () => performance.now() })
  const counting: Timings = {
    ...timings,
    measure(phase, work) {
      decodings.push(phase)
      return timings.measure(phase, work)
    },
  }
  return {
    alone: (plan: TransformPlan) => createRunPlan(deps)({ account: 'a', source: info, inputs: [], plan, lane: 'request' }, timings),
    async together(plans: readonly TransformPlan[], goOn = true) {
      const outcomes = new Map<number, Encoded | AppError>()
      await createRunShared({ ...deps, maxSharedBytes: 40_000_000 })({ account: 'a', source: info, plans }, counting, (plan, outcome) => {
        outcomes.set(plan, outcome)
        return Promise.resolve(goOn)
      })
      return outcomes
    },
    fetches: () => fetched,
    passes: () => decodings.filter((phase) => phase === 'pass').length,
  }
}

const plan = (format: FormatName, ...steps: readonly Step[]): TransformPlan => ({ steps, output: { format, quality: 80 } })
const resize = (width: number): Step => step('resize', { width })
const digest = (outcome: Encoded | AppError | undefined): string =>
  outcome === undefined ? 'nothing' : outcome instanceof AppError ? outcome.code : createHash('sha256').update(outcome.body).digest('hex')

const PLANS: readonly TransformPlan[] = [
  plan('png', resize(40)),
  plan('webp', resize(90)),
  plan('png', resize(90), step('flip', { axis: 'horizontal' })),
  plan('jpeg', resize(120)),
  plan('jpeg', resize(200)),
  plan('jpeg', resize(61)),
  plan('jpeg', step('crop', { width: 100, height: 80 }), resize(50)),
  plan('jpeg', step('flip', { axis: 'horizontal' }), resize(90)),
  plan('png', step('crop', { width: 100, height: 80 }), resize(50)),
  plan('png', step('crop', { width: 100, height: 80 })),
  plan('webp', resize(200)),
  plan('png'),
  plan('png', resize(190), step('flip', { axis: 'vertical' })),
  plan('webp', resize(190)),
  plan('webp', step('rotate', { degrees: 90 }), resize(190)),
  plan('png', step('rotate', { degrees: 180 }), step('crop', { width: 100, height: 80 })),
]

describe('plans that are run together', () => {
  it.each(['baseline.jpg', 'progressive.jpg', 'turned.jpg', 'plain.png', 'ultra-hdr.jpg'])(
    'give of %s the very bytes that each gives alone',
    async (name) => {
      const { alone, together, fetches } = bench(sources[name] as Buffer)
      const outcomes = await together(PLANS)
      expect(fetches()).toBe(1)
      for (const [i, wish] of PLANS.entries()) expect(digest(outcomes.get(i)), JSON.stringify(wish)).toBe(digest(await alone(wish)))
    },
  )

  it('keep a gain map each for itself', async () => {
    const { together } = bench(sources['ultra-hdr.jpg'] as Buffer)
    const steps = [[resize(100)], [resize(120)], [resize(120), step('negate', {})], [resize(120), step('flatten', {})]]
    const outcomes = await together(steps.map((some) => plan('jpeg', ...some)))
    const told = (i: number): string | undefined => (outcomes.get(i) as Encoded).gainMap
    expect(steps.map((_, i) => told(i))).toEqual(['kept', 'kept', 'dropped;by=negate', 'kept'])
  })

  it('give of many tokens the very bytes that each gives alone', async () => {
    const { alone, together } = bench(sources['grainy.jpg'] as Buffer)
    const large = [plan('jpeg', resize(650)), plan('jpeg', resize(690))]
    const outcomes = await together(large)
    for (const [i, wish] of large.entries()) expect(digest(outcomes.get(i)), JSON.stringify(wish)).toBe(digest(await alone(wish)))
  })

  it('decode a JPEG once for each scale that they need', async () => {
    const { together, passes } = bench(sources['baseline.jpg'] as Buffer)
    // 1301 / 144 > 9; 1301 / 260 > 5: two scales for ten sizes.
    await together([40, 60, 80, 100, 140, 160, 180, 200, 240, 250].map((width) => plan('webp', resize(width))))
    expect(passes()).toBe(2)
  })

  it('decode a JPEG once for all JPEG results of a scale, and a PNG once for all sizes', async () => {
    const baseline = bench(sources['baseline.jpg'] as Buffer)
    await baseline.together([40, 60, 80, 100, 140].map((width) => plan('jpeg', resize(width))))
    expect(baseline.passes()).toBe(1)
    const plain = bench(sources['plain.png'] as Buffer)
    await plain.together([40, 60, 80].flatMap((width) => [plan('jpeg', resize(width)), plan('png', resize(width + 1))]))
    expect(plain.passes()).toBe(1)
  })

  it('that differ in what follows decode once', async () => {
    const { together, passes } = bench(sources['plain.png'] as Buffer)
    await together([plan('webp', resize(100)), plan('png', resize(100), step('negate', {}))])
    expect(passes()).toBe(1)
  })

  it('fail each for itself, in their order', async () => {
    const wrong = plan('png', step('crop', { x: 5000, width: 10, height: 10, fit: false }))
    const { together } = bench(sources['baseline.jpg'] as Buffer)
    const outcomes = await together([plan('png', resize(30)), wrong, plan('png', resize(20))])
    expect([...outcomes.values()].map((outcome) => outcome instanceof AppError)).toEqual([false, false, true])
    expect([...outcomes.keys()]).toEqual([0, 2, 1])
  })

  it('end when nobody wants the others', async () => {
    const { together } = bench(sources['plain.png'] as Buffer)
    expect((await together(PLANS, false)).size).toBe(1)
  })

  it('of a damaged file fail each', async () => {
    const whole = sources['baseline.jpg'] as Buffer
    // The header is there, the scan is not.
    const damaged = whole.subarray(0, whole.indexOf(Buffer.from([0xff, 0xda])))
    const outcomes = await bench(damaged).together([plan('webp', resize(40)), plan('webp', resize(50))])
    expect([...outcomes.values()].map((outcome) => outcome instanceof AppError && outcome.code)).toEqual(['invalid_image', 'invalid_image'])
  })
})
