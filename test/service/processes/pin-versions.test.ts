import { describe, expect, it } from 'vitest'
import { step, type Step, type TransformPlan } from '../../../src/image/plan.ts'
import { createPinVersions } from '../../../src/service/processes/pin-versions.ts'
import { readRenderJob } from '../../../src/service/processes/render-job.ts'

const MAX_STEPS = 5
const layer = (path: string): Step => step('composite', { path })
const planOf = (...steps: Step[]): TransformPlan => ({ steps, output: { format: 'png', quality: 80 } })
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

/** Pins over a storage that has every file but `/missing`, and writes down what it is asked for. */
function bench() {
  const seen: string[] = []
  let [open, mostOpen] = [0, 0]
  const head = async (_account: string, path: string) => {
    seen.push(path)
    mostOpen = Math.max(mostOpen, ++open)
    await Promise.resolve()
    open--
    return path === '/missing' ? null : ({ path, etag: `v-${path}` } as never) // nothing else of it is read
  }
  const pin = createPinVersions({ head }, MAX_STEPS)
  return {
    seen,
    mostOpen: () => mostOpen,
    pin: (...plans: TransformPlan[]) =>
      pin(
        'Emu1s1n',
        plans.map((plan, i) => wish(plan, i)),
      ),
  }
}
const wish = (plan: TransformPlan, i: number) => ({ source: '/source', destination: `/out/${i}`, plan })

describe('the files of a request', () => {
  it('are looked up once each, a few at a time, and each job keeps the versions of its own', async () => {
    const { pin, seen, mostOpen } = bench()
    const plans = times(40, (i) => planOf(layer(`/layer-${i}`), layer('/logo'), layer('/missing')))
    const jobs = await pin(...plans)
    expect(seen.toSorted()).toEqual([...times(40, (i) => `/layer-${i}`), '/logo', '/missing', '/source'].toSorted())
    expect(mostOpen()).toBeLessThanOrEqual(6)
    expect(readRenderJob(jobs[7]?.params ?? null).versions).toEqual({
      '/source': 'v-/source',
      '/layer-7': 'v-/layer-7',
      '/logo': 'v-/logo',
    })
  })

  it.each([
    ['200 with the source', 199, null],
    ['201 with the source', 200, /at most 200 different files, received 201/],
  ])('are %s', async (_, layers, refusal) => {
    const { pin, seen } = bench()
    const plans = times(layers / MAX_STEPS + 1, (i) =>
      planOf(...times(Math.min(MAX_STEPS, layers - i * MAX_STEPS), (j) => layer(`/${i * MAX_STEPS + j}`))),
    )
    const pinned = pin(...plans)
    if (refusal === null) expect(await pinned).toHaveLength(plans.length)
    else await expect(pinned).rejects.toMatchObject({ code: 'invalid_parameter', field: 'jobs', reason: expect.stringMatching(refusal) })
    expect(seen).toHaveLength(refusal === null ? 200 : 0)
  })

  it('are not looked up when a job has too many steps', async () => {
    const { pin, seen } = bench()
    const refused = pin(planOf(), planOf(...times(MAX_STEPS + 1, () => layer('/logo'))))
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_parameter',
      field: 'jobs[1].transformations',
      reason: 'Expected at most 5 steps in jobs[1], received 6.',
    })
    expect(seen).toEqual([])
    expect(await pin(planOf(...times(MAX_STEPS, () => layer('/logo'))))).toHaveLength(1)
  })

  it('are not looked up when a job looks at its picture too often', async () => {
    const looks = (count: number): TransformPlan =>
      planOf(...times(count, (i) => (i % 2 === 0 ? step('unletterbox', {}) : step('trim', { threshold: 10 }))))
    const { pin, seen } = bench()
    await expect(pin(planOf(), looks(4), looks(5))).rejects.toMatchObject({
      code: 'invalid_parameter',
      field: 'jobs[2].transformations',
      reason: 'Expected at most 4 steps that look at the whole picture first in jobs[2], received 5.',
    })
    expect(seen).toEqual([])
    expect(await pin(looks(4))).toHaveLength(1)
  })
})
