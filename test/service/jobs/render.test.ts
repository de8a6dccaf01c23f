import { describe, expect, it } from 'vitest'
import type { AppError } from '../../../src/errors.ts'
import { planInputs, step, type TransformPlan } from '../../../src/image/plan.ts'
import { createChoosePath } from '../../../src/service/files/choose-path.ts'
import { createUpload } from '../../../src/service/files/upload.ts'
import { createRenderJobs, type RenderJobsDeps } from '../../../src/service/jobs/render.ts'
import type { JobContext, JobOutcome } from '../../../src/service/jobs/runner.ts'
import { createStoreDerivative } from '../../../src/service/jobs/store-derivative.ts'
import type { FileInfo } from '../../../src/service/ports.ts'
import type { GrantedJob } from '../../../src/service/processes/ports.ts'
import { renderJob, type RenderJob } from '../../../src/service/processes/render-job.ts'
import type { FolderRule } from '../../../src/service/protection/rules.ts'
import { ANYBODY, OWNER, type Standing } from '../../../src/service/protection/standing.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { memoryFileStore } from '../../support/memory/file-store.ts'

const ACCOUNT = 'Emu1s1n'
const META = { mime: 'image/x-test', originalFileName: null, metadata: {}, tags: [] }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const plan = { steps: [], output: { format: 'source' as const, quality: 80 } }

/** Jobs over files in memory, whose "rendering" puts a sign before the bytes of the source. */
function bench(more: Partial<RenderJobsDeps> = {}) {
  let now = 0
  const files = memoryFileStore(() => ++now)
  const replaced = (): Promise<void> => Promise.resolve()
  const upload = createUpload({
    files,
    choosePath: createChoosePath({
      files,
      demandOwn: () => undefined,
      clock: { now: () => now },
      random: (count) => new Uint8Array(count),
    }),
    maxUploadBytes: () => 1e6,
    mimeOfName: () => null,
    replaced,
  })
  let reads = 0
  const run = createRenderJobs({
    files,
    upload,
    storeDerivative: createStoreDerivative({ files, replaced }),
    render: () => Promise.reject(new Error('No layer is under a rule here.')),
    rulesOf: () => [],
    standingOf: () => ANYBODY,
    runSharedOn:
      () =>
      async ({ account, source, plans }, _timings, onOutcome) => {
        reads++
        const open = await files.open(account, source.path)
        const body = bytes(`*${await new Response(open?.body).text()}`)
        for (const i of plans.keys()) if (!(await onOutcome(i, { body, mime: 'image/x-test' } as never))) return
      },
    ...more,
  })

  async function execute(jobs: readonly Partial<RenderJob>[], more: { readonly attempt?: number; readonly run?: number } = {}) {
    const outcomes = new Map<number, JobOutcome>()
    const context: JobContext = {
      process: { id: 'p', kind: 'batch', name: '', owner: { account: ACCOUNT, service: 1 }, createdAt: 0 },
      run: more.run ?? 1,
      timings: createTimings({ now: () => 0 }),
      isWanted: () => true,
      report(index, outcome) {
        outcomes.set(index, outcome)
        return Promise.resolve(outcome.kind !== 'failed')
      },
    }
    const granted = jobs.map((job, index): GrantedJob => {
      const { type, params } = renderJob({ source: '/s', destination: '/d', plan, rule: null, versions: {}, ...job })
      return { index, type, params, attempt: more.attempt ?? 1, lastAttempt: false }
    })
    const thrown = await run(granted, context).then(
      () => null,
      (error: unknown) => error as AppError,
    )
    return { outcomes, thrown }
  }

  const put = (path: string, text: string): Promise<FileInfo> => files.put(ACCOUNT, path, bytes(text), META) as Promise<FileInfo> // without a condition
  const text = async (path: string): Promise<string | null> => {
    const open = await files.open(ACCOUNT, path)
    return open && new Response(open.body).text()
  }
  return { files, execute, put, text, reads: () => reads }
}

describe('a job that writes onto its own source', () => {
  it('does it once: the attempt after a lost report finds its work done', async () => {
    const { execute, put, text } = bench()
    const { etag } = await put('/s', 'a')
    const job = { destination: '/s', versions: { '/s': etag } }
    await execute([job])
    expect(await text('/s')).toBe('*a')
    const { outcomes } = await execute([job], { attempt: 2 })
    expect(outcomes.get(0)).toMatchObject({ kind: 'finished', result: { path: '/s', bytes: 2, sourceBytes: null } })
    expect(await text('/s')).toBe('*a')
  })

  it('fails in another run, because the source is not the recorded one any more', async () => {
    const { execute, put, text } = bench()
    const { etag } = await put('/s', 'a')
    const job = { destination: '/s', versions: { '/s': etag } }
    await execute([job])
    expect((await execute([job], { run: 2 })).thrown?.code).toBe('source_changed')
    expect(await text('/s')).toBe('*a')
  })
})

it.each(['the file of another job', 'the file of its owner'])('a later attempt takes %s for no work of its own', async (whose) => {
  const { files, execute, put, text } = bench()
  await put('/s', 'a')
  const origin = whose.includes('job') ? { origin: { job: 'another 1 0' } } : {}
  await files.put(ACCOUNT, '/d', bytes('there'), META, origin)
  const { outcomes } = await execute([{}], { attempt: 2 })
  expect([outcomes.get(0)?.kind, await text('/d')]).toEqual(['finished', '*a'])
})

describe('the recorded version of a source', () => {
  it('is the one that is read: another one fails the jobs and is named', async () => {
    const { execute, put, text } = bench()
    const { etag } = await put('/s', 'a')
    await put('/s', 'b')
    const { thrown } = await execute([{ versions: { '/s': etag } }])
    expect([thrown?.code, thrown?.field]).toEqual(['source_changed', '/s'])
    expect(await text('/d')).toBeNull()
  })

  it('may be any when there was none', async () => {
    const { execute, put, text } = bench()
    await put('/s', 'late')
    await execute([{}])
    expect(await text('/d')).toBe('*late')
  })
})

describe('a derivative', () => {
  const rule = 'thumbs'

  it('of a source that was replaced is left to the run of the new version', async () => {
    const { execute, put, text } = bench()
    const { etag } = await put('/s', 'a')
    await put('/s', 'b')
    const { outcomes } = await execute([{ rule, versions: { '/s': etag } }])
    expect(outcomes.get(0)).toMatchObject({ kind: 'finished', result: { skipped: expect.stringContaining('replaced') } })
    expect(await text('/d')).toBeNull()
  })

  it('replaces an older version’s, never a newer one’s', async () => {
    const { execute, put, text, files } = bench()
    await put('/s', 'a')
    await execute([{ rule }])
    await put('/s', 'b')
    await execute([{ rule }])
    expect(await text('/d')).toBe('*b')
    const derivation = { rule, source: '/s', sourceEtag: 'x', sourceTime: 1000 }
    await files.put(ACCOUNT, '/d', bytes('newer'), META, { origin: { derivation } })
    const { outcomes } = await execute([{ rule }])
    expect(outcomes.get(0)).toMatchObject({ kind: 'finished', result: { skipped: expect.stringContaining('newer') } })
    expect(await text('/d')).toBe('newer')
  })

  it.each<[string, (world: ReturnType<typeof bench>) => Promise<unknown>, string]>([
    ['a file of the owner', ({ put }) => put('/d', 'mine'), 'no rule made'],
    [
      'another source’s',
      async ({ put, execute }) => {
        await put('/other', 'x')
        await execute([{ rule, source: '/other' }])
      },
      '"/other"',
    ],
    [
      'another rule’s',
      async ({ put, execute }) => {
        await put('/s', 'x')
        await execute([{ rule: 'second' }])
      },
      '"second"',
    ],
  ])('does not replace %s', async (_, prepare, named) => {
    const world = bench()
    await prepare(world)
    const before = await world.text('/d')
    await world.put('/s', 'a')
    const { outcomes } = await world.execute([{ rule }])
    const outcome = outcomes.get(0)
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'conflict', reason: expect.stringContaining(named) } })
    expect(await world.text('/d')).toBe(before)
  })

  it('that cannot have a place fails after the others, and reads nothing by itself', async () => {
    const world = bench()
    await world.put('/s', 'a')
    const long = `/${'x'.repeat(2000)}`
    const { outcomes } = await world.execute([{ rule, destination: long }, { rule, destination: '/s' }, { rule }])
    expect([...outcomes.keys()]).toEqual([2, 0])
    expect(outcomes.get(0)).toMatchObject({ kind: 'failed', error: { code: 'invalid_path' } })
    const alone = bench()
    await alone.execute([{ rule, destination: long }])
    expect(alone.reads()).toBe(0)
  })
})

describe('under rules of folders', () => {
  const mark = step('composite', { path: '/logo' })
  const rules: readonly FolderRule[] = [
    { folder: '/s', before: [], after: [mark], bypass: 'key' },
    { folder: '/layer', before: [mark], after: [], bypass: 'key' },
  ]
  /** The plans that are run, and what stands for their layers. */
  async function runUnder(wish: TransformPlan, standing: Standing, rule: string | null) {
    const asked: unknown[] = []
    const ran: { plan: TransformPlan; layers: unknown[] }[] = []
    const { execute, put } = bench({
      rulesOf: () => rules,
      standingOf: (owner) => (asked.push(owner), standing),
      render: async ({ path, plan: drawn, standing: whose }) =>
        ({ body: bytes(`${path} ${drawn.steps.length} ${whose.kind}`), etag: 'drawn' }) as never,
      runSharedOn: (find) => async (request) => {
        for (const one of request.plans) {
          const paths = planInputs(one).map(({ path }) => path)
          ran.push({ plan: one, layers: await Promise.all(paths.map(async (path) => (await find(ACCOUNT, path))?.content?.length)) })
        }
      },
    })
    for (const path of ['/s', '/logo', '/layer']) await put(path, 'a')
    await execute([{ plan: wish, rule }])
    return { asked, ran }
  }

  it('joins them, and draws layers as their rules make them', async () => {
    const wish = { ...plan, steps: [step('composite', { path: '/layer' })] }
    const { asked, ran } = await runUnder(wish, ANYBODY, 'thumbs')
    expect(asked).toEqual([{ service: 1, rule: 'thumbs' }])
    expect(ran).toEqual([
      { plan: { ...plan, steps: [step('composite', { path: 'ruled:/layer' }), mark] }, layers: ['/layer 1 owner'.length, undefined] },
    ])
  })

  it('leaves them out where the service may', async () => {
    const wish = { ...plan, steps: [step('composite', { path: '/layer' })] }
    expect((await runUnder(wish, OWNER, null)).ran).toEqual([{ plan: wish, layers: [undefined] }])
  })
})
