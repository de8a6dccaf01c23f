import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import type { Encoded } from '../../src/image/execute.ts'
import { codec, DEFAULT_OUTPUT, step, type FormatName, type TransformPlan } from '../../src/image/plan.ts'
import type { ByteRange, FileStore, OpenFile } from '../../src/service/ports.ts'
import { createMemoryBudget, type MemoryBudget } from '../../src/service/render/memory-budget.ts'
import type { PlanRunner } from '../../src/service/render/plan-runner.ts'
import { createTimings } from '../../src/service/render/timings.ts'

const clock = { now: () => Date.now() }
const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
export const CONTRACT_LIMITS = {
  heic: true,
  asyncSaveBytes: 1,
  maxFileBytes: 1_000_000,
  maxUploadBytes: 1,
  maxPixels: 10_000,
  maxSide: 500,
  maxSteps: 8,
}
export const CONTRACT_MEMORY = { totalBytes: 20_000_000, maxWaiting: 8 }

type Pictures = Readonly<Record<'photo.jpg' | 'photo.png' | 'half-transparent.png' | 'ultra-hdr.jpg', Uint8Array>>

/** A store of these files. One whose name says so breaks off in the middle. */
function storeOf(contents: Readonly<Record<string, Uint8Array>>): FileStore {
  const open = (_: string, path: string, range?: ByteRange): Promise<OpenFile | null> => {
    const whole = contents[path]
    if (!whole) return Promise.resolve(null)
    const bytes = whole.subarray(range?.start, range?.end)
    const body = new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(bytes.slice(0, 100))
        if (path.includes('broken-off')) return controller.error(new Error('The disk is gone.'))
        if (bytes.length > 100) controller.enqueue(bytes.slice(100))
        controller.close()
      },
    })
    return Promise.resolve({ info: { path, size: whole.length, etag: 'v1' }, body } as unknown as OpenFile) // all that is read of it
  }
  return { open } as FileStore // runs open files and do nothing else
}

const plan = (steps: TransformPlan['steps'], format: FormatName = 'png'): TransformPlan => ({ steps, output: { format, quality: 80 } })
const resize = (width: number): TransformPlan => plan([step('resize', { width })])
const drawn = (path: string): TransformPlan => plan([step('composite', { path, width: 10 } as never), step('resize', { width: 32 })])
const newTimings = () => createTimings(clock)
const shapeOf = ({ body, mime }: Encoded): string => {
  const { width, height } = codec(mime === 'image/png' ? 'png' : 'jpeg').probe(body)
  return `${mime} ${width}×${height}`
}

const tellOf = (info: TransformPlan['info'], steps: TransformPlan['steps'] = []): TransformPlan => ({ steps, output: DEFAULT_OUTPUT, info })
const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0)
  return whole
}
/** A comment of a JPEG, as long as one can be. */
const longSegment = (): Uint8Array => joined(Uint8Array.of(0xff, 0xfe, 0xff, 0xff), new Uint8Array(65_533))

/** What everything does that runs plans. @param make a runner over a store, with the budget of the isolate that calls it. */
export function planRunnerContract(
  name: string,
  pictures: () => Pictures,
  make: (files: FileStore, budget: MemoryBudget) => PlanRunner,
): void {
  describe(`${name} keeps the contract of PlanRunner`, () => {
    let files: Readonly<Record<string, Uint8Array>>
    let runner: PlanRunner
    const budget = createMemoryBudget({ ...CONTRACT_MEMORY, clock, wait })
    const source = (path: string) => ({ path, size: files[path]?.length ?? 7, etag: 'v1' })
    const find = (_: string, path: string) => Promise.resolve(files[path] ? source(path) : null)
    const run = (path: string, wish: TransformPlan, inputs: string[] = [], timings = newTimings()) =>
      runner.run({ account: 'A', source: source(path), inputs: inputs.map(source), plan: wish, lane: 'request' }, timings)
    const codeOf = (running: Promise<Encoded>) => running.then(shapeOf, (thrown: AppError) => [thrown.code, thrown.field])

    beforeAll(() => {
      const { 'photo.jpg': photo, 'photo.png': png, 'half-transparent.png': layer, 'ultra-hdr.jpg': ultraHdr } = pictures()
      files = {
        '/photo.jpg': photo,
        '/photo.png': png,
        '/layer.png': layer,
        '/ultra-hdr.jpg': ultraHdr,
        '/cut.jpg': photo.slice(0, photo.length - 20),
        '/damaged.png': png.slice(0, 60),
        '/text.txt': new TextEncoder().encode('no picture'),
        '/broken-off.jpg': photo,
        '/large.jpg': joined(photo, new Uint8Array(1_000_000)),
        '/long-header.jpg': joined(photo.slice(0, 2), ...Array.from({ length: 16 }, longSegment), photo.slice(2)),
      }
      runner = make(storeOf(files), budget)
    })

    it('gives the picture and its type, and says how long the phases took', async () => {
      const timings = newTimings()
      expect(shapeOf(await run('/photo.jpg', resize(32), [], timings))).toBe('image/png 32×24')
      expect(timings.entries().map(([phase]) => phase)).toEqual(expect.arrayContaining(['queue', 'fetch', 'probe']))
      expect(timings.notes().map(([note]) => note)).toEqual(['plan', 'memory', 'pixels'])
      expect(shapeOf(await run('/photo.png', plan([], 'jpeg')))).toBe('image/jpeg 64×48')
    })

    it('warns of what was damaged and could be shown', async () => {
      expect((await run('/photo.jpg', resize(32))).warnings).toEqual([])
      expect((await run('/cut.jpg', resize(32))).warnings).not.toEqual([])
    })

    it('tells what became of a gain map', async () => {
      expect((await run('/photo.jpg', resize(32))).gainMap).toBeUndefined()
      expect((await run('/ultra-hdr.jpg', plan([step('resize', { width: 40 })], 'jpeg'))).gainMap).toBe('kept')
      expect((await run('/ultra-hdr.jpg', plan([step('sepia', {})], 'jpeg'))).gainMap).toBe('dropped;by=sepia')
    })

    it('tells which quality was found', async () => {
      const output = { format: 'jpeg', quality: 100, target: 'medium' } as const
      expect((await run('/photo.jpg', { steps: [step('resize', { width: 40 })], output })).quality).toMatch(/^\d+;ssim=[01]\.\d{3}$/)
    })

    it('reads layers, also one that is the source', async () => {
      const [plain, layered] = [await run('/photo.png', resize(32)), await run('/photo.png', drawn('/layer.png'), ['/layer.png'])]
      expect(shapeOf(layered)).toBe('image/png 32×24')
      expect(layered.body).not.toEqual(plain.body)
      expect(shapeOf(await run('/photo.png', drawn('/photo.png'), ['/photo.png']))).toBe('image/png 32×24')
    })

    it.each([
      ['/text.txt', resize(32), ['unsupported_format', undefined]],
      ['/damaged.png', resize(32), ['invalid_image', undefined]],
      ['/photo.png', resize(501), ['output_too_large', 'resize']],
      ['/missing.png', resize(32), ['file_not_found', '/missing.png']],
      ['/broken-off.jpg', resize(32), ['storage_unavailable', undefined]],
    ])('says what is wrong with %s', async (path, wish, expected) => {
      expect(await codeOf(run(path, wish))).toEqual(expected)
    })

    it('refuses a file that was replaced, and one that is too large', async () => {
      const asked = (of: object) =>
        codeOf(
          runner.run(
            { account: 'A', source: { ...source('/photo.png'), ...of }, inputs: [], plan: resize(9), lane: 'request' },
            newTimings(),
          ),
        )
      expect(await asked({ etag: 'v2' })).toEqual(['file_changed', '/photo.png'])
      expect(await asked({ size: 1_000_001 })).toEqual(['file_too_large', undefined])
    })

    it('tells of a picture by its header, however large the file is, or by its pixels', async () => {
      const told = async (path: string, wish: TransformPlan) => {
        const { body, mime } = await run(path, wish)
        expect(mime).toBe('application/json')
        return JSON.parse(new TextDecoder().decode(body)) as unknown
      }
      expect(await told('/photo.jpg', tellOf(['width', 'bytes']))).toEqual({ width: 64, bytes: files['/photo.jpg']?.length })
      expect(await told('/photo.png', tellOf(['result', 'palette'], resize(16).steps))).toMatchObject({ result: { width: 16, height: 12 } })
      expect(await told('/large.jpg', tellOf(['width', 'bytes']))).toEqual({ width: 64, bytes: files['/large.jpg']?.length })
      // These want the file, which is too large here.
      expect(await codeOf(run('/large.jpg', tellOf(['palette'])))).toEqual(['file_too_large', undefined])
      expect(await codeOf(run('/long-header.jpg', tellOf(['width'])))).toEqual(['file_too_large', undefined])
      expect(await codeOf(run('/text.txt', tellOf(['width'])))).toEqual(['unsupported_format', undefined])
      expect(await codeOf(run('/missing.png', tellOf(['width'])))).toEqual(['file_not_found', '/missing.png'])
      expect(await codeOf(run('/broken-off.jpg', tellOf(['width'])))).toEqual(['storage_unavailable', undefined])
      const replaced = {
        account: 'A',
        source: { ...source('/photo.png'), etag: 'v2' },
        inputs: [],
        plan: tellOf(['width']),
        lane: 'request' as const,
      }
      expect(await codeOf(runner.run(replaced, newTimings()))).toEqual(['file_changed', '/photo.png'])
      expect(budget.usage().bytes).toBe(0)
    })

    it('keeps the words of an error', async () => {
      const error = await run('/photo.png', resize(501)).then(
        () => null,
        (thrown: AppError) => thrown,
      )
      expect(error).toBeInstanceOf(AppError)
      expect(error?.publicText).toMatch(/500.*501/)
    })

    it('runs several plans on one source, and tells each outcome once', async () => {
      const plans = [resize(16), resize(501), drawn('/layer.png'), drawn('/missing.png'), resize(32), plan([], 'jpeg')]
      const told = new Map<number, string>()
      await runner.runSharedOn(find)({ account: 'A', source: source('/photo.jpg'), plans }, newTimings(), (i, outcome) => {
        expect(told.has(i)).toBe(false)
        told.set(i, outcome instanceof AppError ? outcome.code : shapeOf(outcome))
        return Promise.resolve(true)
      })
      expect([...told].sort(([a], [b]) => a - b).map(([, outcome]) => outcome)).toEqual([
        'image/png 16×12',
        'output_too_large',
        'image/png 32×24',
        'file_not_found',
        'image/png 32×24',
        'image/jpeg 64×48',
      ])
    })

    it('stops when nobody wants the rest', async () => {
      let told = 0
      const plans = [16, 17, 18, 19].map(resize)
      await runner.runSharedOn(find)({ account: 'A', source: source('/photo.png'), plans }, newTimings(), () => Promise.resolve(++told < 2))
      expect(told).toBe(2)
    })

    it('throws when the source of several plans cannot be read', async () => {
      const running = runner.runSharedOn(find)(
        { account: 'A', source: source('/gone.png'), plans: [resize(1), resize(2)] },
        newTimings(),
        () => Promise.resolve(true),
      )
      await expect(running).rejects.toMatchObject({ code: 'file_not_found' })
    })

    it('gives up what nobody wants, at the start and on the way, and holds nothing in the end', async () => {
      for (const looks of [0, 1, 2]) {
        let left = looks
        const request = { account: 'A', source: source('/photo.png'), inputs: [], plan: resize(20), lane: 'request' as const }
        const running = runner.run({ ...request, isWanted: () => left-- > 0 }, newTimings())
        // On the way: a renderer may be done before the next look.
        expect(await codeOf(running)).toEqual(looks === 0 ? ['abandoned', undefined] : expect.anything())
      }
      const plans = [resize(16), resize(17)]
      const told: unknown[] = []
      const sharing = runner.runSharedOn(find)(
        { account: 'A', source: source('/photo.png'), plans, isWanted: () => false },
        newTimings(),
        (_, outcome) => {
          told.push(outcome instanceof AppError ? outcome.code : 'picture')
          return Promise.resolve(true)
        },
      )
      await sharing.catch((thrown: AppError) => told.push(thrown.code))
      expect(new Set(told)).toEqual(new Set(['abandoned']))
      expect(budget.usage()).toEqual({ bytes: 0, waiting: 0 })
    })

    it('runs many at once, and holds nothing in the end', async () => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => run('/photo.jpg', resize(10 + i)))).catch(String)
      expect(results).toHaveLength(20)
      expect(budget.usage()).toEqual({ bytes: 0, waiting: 0 })
    })
  })
}
