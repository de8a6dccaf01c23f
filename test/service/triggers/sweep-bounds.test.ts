import { describe, expect, it } from 'vitest'
import type { ProcessIndex } from '../../../src/service/processes/ports.ts'
import type { Derivation, FileInfo, FileStore } from '../../../src/service/ports.ts'
import { createTriggerSweep } from '../../../src/service/triggers/sweep.ts'
import type { Triggers } from '../../../src/service/triggers/triggers.ts'

const NOW = 1_800_000_000_000
const DAY_MS = 24 * 60 * 60_000
const ACCOUNT = 'Emu1s1n'

interface Stored {
  readonly path: string
  readonly ageMs?: number
  readonly derivation?: Derivation
}

/** Files in the order of their paths, and what the sweep does with them. A file that was settled has its run. */
function bucket(stored: readonly Stored[], { accounts = [ACCOUNT], retentionMs = 30 * DAY_MS, settles = true } = {}) {
  const listed: string[] = []
  const settled: string[] = []
  const runs = new Set<string>()
  const cursors = new Map<string, string | null>()
  const messages: string[] = []
  const infos = stored.map(({ path, ageMs = 0, derivation }) => {
    const lastModified = new Date(NOW - ageMs)
    return { path, lastModified, ...(derivation && { origin: { derivation } }) } as unknown as FileInfo // all that the sweep reads
  })
  let lists = 0
  const files: Pick<FileStore, 'list'> = {
    async list(account, _, { limit, after }) {
      lists++
      if (account === 'Broken1') throw new Error('no answer')
      const begin = after === undefined ? 0 : infos.findIndex(({ path }) => path === after) + 1
      const page = infos.slice(begin, begin + limit)
      listed.push(...page.map(({ path }) => path))
      return { files: page, folders: [], seenUpTo: begin + limit < infos.length ? (page.at(-1)?.path ?? null) : null }
    },
  }
  const triggers: Pick<Triggers, 'settle' | 'runsOf' | 'concerns'> = {
    concerns: (_, path) => path.startsWith('/in/'),
    runsOf: async (_, { path }) => (path.startsWith('/in/') ? [`run of ${path}`] : []),
    async settle(_, path) {
      settled.push(path)
      if (settles) runs.add(`run of ${path}`)
    },
  }
  const index: Pick<ProcessIndex, 'recorded'> = { recorded: async (_, ids) => ids.filter((id) => runs.has(id)) }
  const sweep = createTriggerSweep({
    triggers: triggers as Triggers, // as much of it as the sweep calls, here and below
    files: files as FileStore,
    index: index as ProcessIndex,
    cursors: { load: async (account) => cursors.get(account) ?? null, save: async (account, cursor) => void cursors.set(account, cursor) },
    accounts,
    clock: { now: () => NOW },
    retentionMs,
    log: ({ message }) => void messages.push(message),
  })
  const round = async (): Promise<{ lists: number; listed: number; settled: number }> => {
    const before = { lists, listed: listed.length, settled: settled.length }
    await sweep()
    return { lists: lists - before.lists, listed: listed.length - before.listed, settled: settled.length - before.settled }
  }
  return { round, listed, settled, messages }
}

const pathOf = (folder: string, i: number): string => `/${folder}/${String(i).padStart(6, '0')}.jpg`
const many = (count: number, folder: string): Stored[] => Array.from({ length: count }, (_, i) => ({ path: pathOf(folder, i) }))

describe('one sweep', () => {
  it('lists ten pages of a thousand files; the next goes on there, and after the last begins anew', async () => {
    const { round, listed } = bucket(many(24_500, 'other'))
    expect(await round()).toEqual({ lists: 10, listed: 10_000, settled: 0 })
    expect(await round()).toEqual({ lists: 10, listed: 10_000, settled: 0 })
    expect(await round()).toEqual({ lists: 5, listed: 4500, settled: 0 })
    expect(listed).toEqual(many(24_500, 'other').map(({ path }) => path))
    expect(await round()).toMatchObject({ lists: 10 })
  })

  it.each([
    ['get their run', true],
    ['do not get it', false],
  ])('visits 300 files; the next goes on there, whether they %s', async (_, settles) => {
    const { round, settled } = bucket(many(1100, 'in'), { settles })
    const rounds = [await round(), await round(), await round(), await round()]
    expect(rounds.map((done) => done.settled)).toEqual([300, 300, 300, 200])
    expect(settled).toEqual(many(1100, 'in').map(({ path }) => path))
  })

  it('counts the visits of all its pages', async () => {
    const sparse = Array.from({ length: 8000 }, (_, i) => ({ path: pathOf('in', i), ageMs: i % 10 === 0 ? 0 : 10 * DAY_MS }))
    const { round } = bucket(sparse)
    expect(await round()).toEqual({ lists: 3, listed: 3000, settled: 300 })
    expect(await round()).toEqual({ lists: 3, listed: 3000, settled: 300 })
    expect(await round()).toEqual({ lists: 2, listed: 2000, settled: 200 })
  })

  it.each([
    ['younger than three days', 3 * DAY_MS - 1, undefined, 1],
    ['of three days', 3 * DAY_MS, undefined, 0],
    ['younger than the records of runs are kept', DAY_MS - 1, DAY_MS, 1],
    ['whose run may have been forgotten', DAY_MS, DAY_MS, 0],
  ])('a file %s', async (_, ageMs, retentionMs, expected) => {
    const { round } = bucket([{ path: '/in/a.jpg', ageMs }], retentionMs === undefined ? {} : { retentionMs })
    expect((await round()).settled).toBe(expected)
  })

  it.each([
    ['is gone, of any age', '/in/gone.jpg', ['/in/gone.jpg']],
    ['is there', '/in/a.jpg', []],
    ['no rule concerns any more', '/other/gone.jpg', []],
  ])('looks for the source of a derivative that %s', async (_, source, expected) => {
    const derivation = { rule: 'thumbs', source, sourceEtag: 'e', sourceTime: 0 }
    const { round, settled } = bucket([
      { path: '/in/a.jpg', ageMs: 100 * DAY_MS },
      { path: '/made/a.webp', ageMs: 100 * DAY_MS, derivation },
    ])
    await round()
    expect(settled).toEqual(expected)
  })

  it('goes on with the other accounts when the storage of one fails', async () => {
    const { round, messages } = bucket(many(1, 'in'), { accounts: ['Broken1', ACCOUNT] })
    expect((await round()).settled).toBe(1)
    expect(messages).toEqual(['files could not be swept', 'files swept'])
  })
})
