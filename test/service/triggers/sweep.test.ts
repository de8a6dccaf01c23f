import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { step } from '../../../src/image/plan.ts'
import { ENDLESS_ROOM } from '../../../src/service/ports.ts'
import { createProcesses } from '../../../src/service/processes/processes.ts'
import { compileRule, ruleSchema } from '../../../src/service/triggers/rules.ts'
import { createTriggerSweep } from '../../../src/service/triggers/sweep.ts'
import { createTriggers } from '../../../src/service/triggers/triggers.ts'
import { memoryFileStore } from '../../support/memory/file-store.ts'
import { memoryProcessIndex, memoryProcessStore } from '../../support/memory/processes.ts'

const ACCOUNT = 'Emu1s1n'
const DAY = 24 * 60 * 60_000
const META = { mime: 'image/jpeg', originalFileName: null, metadata: {}, tags: [] }
const preset = { steps: [step('resize', { width: 9 })], output: { format: 'webp', quality: 80 } } as const
const rule = compileRule(
  ruleSchema.parse({
    id: 'thumbs',
    match: { prefix: '/in/' },
    outputs: [{ destination: '/thumbs/{name}.webp', preset: 'p' }],
    onDelete: 'remove',
  }),
  { account: ACCOUNT, service: 1 },
  () => preset,
  64,
)

/** Files, rules and records in memory. `now` is the time of everything; `dies`: how many of the next processes are announced and never recorded. */
function setUp() {
  const world = { now: 100 * DAY, dies: 0 }
  const clock = { now: () => world.now }
  const files = memoryFileStore(clock.now)
  const index = memoryProcessIndex()
  const store = memoryProcessStore(index)
  const processes = createProcesses({
    store: {
      ...store,
      create: (definition) => (world.dies-- > 0 ? Promise.reject(new Error('the process died')) : store.create(definition)),
    },
    index,
    clock,
    hash: (text) => Promise.resolve(createHash('sha256').update(text).digest('hex')),
    room: ENDLESS_ROOM,
  })
  const log = () => undefined
  const triggers = createTriggers({ rules: [rule], files, processes, log })
  const saved = new Map<string, string | null>()
  const cursors = {
    load: (account: string) => Promise.resolve(saved.get(account) ?? null),
    save: (account: string, cursor: string | null) => Promise.resolve(void saved.set(account, cursor)),
  }
  const sweep = createTriggerSweep({ triggers, files, index, cursors, accounts: ['Broken', ACCOUNT], clock, retentionMs: 30 * DAY, log })
  return {
    world,
    files,
    triggers,
    sweep,
    put: (path: string) => files.put(ACCOUNT, path, Uint8Array.of(0xff, 0xd8, 0xff), META),
    runs: async () => (await index.list(ACCOUNT, { limit: 1000 })).items.filter(({ revision }) => revision > 0),
  }
}

describe('the sweep', () => {
  it('starts a run that was announced and never recorded', async () => {
    const { world, triggers, sweep, put, runs } = setUp()
    await put('/in/a.jpg')
    world.dies = 1
    await expect(triggers.settle(ACCOUNT, '/in/a.jpg')).rejects.toThrow('died')
    expect(await runs()).toEqual([])
    await sweep()
    expect(await runs()).toHaveLength(1)
    await sweep()
    expect(await runs()).toHaveLength(1)
  })

  it('leaves alone what is older than three days', async () => {
    const { world, sweep, put, runs } = setUp()
    await put('/in/old.jpg')
    world.now += 3 * DAY
    await put('/in/young.jpg')
    world.now += DAY - 1
    await sweep()
    expect(await runs()).toHaveLength(1)
  })

  it('starts 300 runs at most, and goes on behind them the next time', async () => {
    const { sweep, put, runs } = setUp()
    for (let i = 0; i < 650; i++) await put(`/in/${String(i).padStart(3, '0')}.jpg`)
    const counts: number[] = []
    for (let i = 0; i < 3; i++) {
      await sweep()
      counts.push((await runs()).length)
    }
    expect(counts).toEqual([300, 600, 650])
  })

  it('and the rules leave files of other accounts alone', async () => {
    const { files, triggers, runs } = setUp()
    await files.put('Another', '/in/a.jpg', Uint8Array.of(0xff, 0xd8, 0xff), META)
    await triggers.settle('Another', '/in/a.jpg')
    expect([triggers.concerns('Another', '/in/a.jpg'), await runs()]).toEqual([false, []])
  })

  it('goes on with the next account when one fails', async () => {
    const { files, sweep, put, runs } = setUp()
    const { list } = files
    Object.assign(files, {
      list: (account: string, ...rest: [never, never]) =>
        account === 'Broken' ? Promise.reject(new Error('no answer')) : list(account, ...rest),
    })
    await put('/in/a.jpg')
    await sweep()
    expect(await runs()).toHaveLength(1)
  })
})
