import { expect, it } from 'vitest'
import type { AppError } from '../../../src/errors.ts'
import { pathTaken } from '../../../src/service/files/path.ts'
import type { JobContext, JobOutcome } from '../../../src/service/jobs/runner.ts'
import { createSaveJobs, saveJob, type SaveJob } from '../../../src/service/jobs/save.ts'
import { ANYBODY } from '../../../src/service/protection/standing.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { memoryFileStore } from '../../support/memory/file-store.ts'

const META = { mime: 'image/x-test', originalFileName: null, metadata: {}, tags: [] }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A save job's destination is a settled path. */
const pathOf = (destination: unknown): string => (typeof destination === 'string' ? destination : '')

async function bench() {
  const files = memoryFileStore(() => 0)
  const source = await files.put('Emu1s1n', '/s', bytes('a'), META)
  const run = createSaveJobs({
    files,
    async save({ account, path, destination, permit, origin }) {
      const open = await files.open(account, path)
      const body = bytes(`*${await new Response(open?.body).text()}`)
      const ifAbsent = !permit.overwrite('')
      const stored = await files.put(account, pathOf(destination), body, META, { ifAbsent, ...(origin && { origin }) })
      if (!stored) throw pathTaken(pathOf(destination))
      return stored
    },
  })
  async function execute(job: Partial<SaveJob>, attempt = 1, round = 1): Promise<string> {
    const outcomes: JobOutcome[] = []
    const context: JobContext = {
      process: { id: 'p', kind: 'save', name: '', owner: { account: 'Emu1s1n', service: null }, createdAt: 0 },
      run: round,
      timings: createTimings({ now: () => 0 }),
      isWanted: () => true,
      report: (_, outcome) => Promise.resolve(outcomes.push(outcome) > 0),
    }
    const wish: SaveJob = {
      path: '/s',
      plan: { steps: [], output: { format: 'source', quality: 80 } },
      standing: ANYBODY,
      cache: {} as SaveJob['cache'], // not looked at here
      destination: '/d',
      exclusive: false,
      version: source?.etag ?? '',
      ...job,
    }
    const { type, params } = saveJob(wish)
    await run([{ index: 0, type, params, attempt, lastAttempt: false }], context)
    const [outcome] = outcomes
    return outcome?.kind === 'failed' ? (outcome.error as AppError).code : (outcome?.kind ?? 'nothing')
  }
  const text = async (path: string): Promise<string> => new Response((await files.open('Emu1s1n', path))?.body).text()
  return { files, execute, text }
}

it('a save onto its own source is done once, whatever was lost after it, and a retry says why it is not done again', async () => {
  const { execute, text } = await bench()
  const job = { destination: '/s' }
  expect([await execute(job), await execute(job, 2), await text('/s')]).toEqual(['finished', 'finished', '*a'])
  expect([await execute(job, 1, 2), await text('/s')]).toEqual(['source_changed', '*a'])
})

it('an exclusive save knows its own file from another’s', async () => {
  const { execute, files, text } = await bench()
  expect([await execute({ exclusive: true }), await execute({ exclusive: true }, 2)]).toEqual(['finished', 'finished'])
  await files.put('Emu1s1n', '/d', bytes('mine'), META)
  expect([await execute({ exclusive: true }, 2), await text('/d')]).toEqual(['forbidden', 'mine'])
})

it('a save of a source that was replaced after it was ordered fails', async () => {
  const { execute, files } = await bench()
  await files.put('Emu1s1n', '/s', bytes('b'), META)
  expect([await execute({}), await files.head('Emu1s1n', '/d')]).toEqual(['source_changed', null])
})
