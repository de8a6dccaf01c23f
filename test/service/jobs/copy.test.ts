import { describe, expect, it } from 'vitest'
import { createCopyFile } from '../../../src/service/files/copy.ts'
import type { FolderStore } from '../../../src/service/files/folder-ports.ts'
import { copyFileJob, createCopyFileJobs } from '../../../src/service/jobs/files.ts'
import { copyFolderJob, createCopyFolderJobs } from '../../../src/service/jobs/folders.ts'
import type { JobContext, JobOutcome } from '../../../src/service/jobs/runner.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { memoryFileStore } from '../../support/memory/file-store.ts'

const META = { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const NO_FOLDERS: FolderStore = {
  get: () => Promise.resolve([]),
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(0),
  list: () => Promise.resolve([]),
}

async function bench() {
  const files = memoryFileStore(() => 0)
  await files.put('Emu1s1n', '/s/a', bytes('mine'), META)
  const nothing = (): Promise<void> => Promise.resolve()
  const deps = { files, folders: NO_FOLDERS, removed: nothing, copyFile: createCopyFile({ files, replaced: nothing }) }
  const file = copyFileJob({ source: '/s/a', destination: '/d/a', mayOverwrite: false })
  const folder = copyFolderJob({
    source: '/s',
    destination: '/d',
    recursive: true,
    copyFiles: true,
    copyVirtualFolders: false,
    mayOverwrite: false,
  })
  async function execute(kind: 'file' | 'folder', attempt: number, id = 'p'): Promise<string> {
    const outcomes: JobOutcome[] = []
    const context: JobContext = {
      process: { id, kind: 'file-jobs', name: '', owner: { account: 'Emu1s1n', service: null }, createdAt: 0 },
      run: 1,
      timings: createTimings({ now: () => 0 }),
      isWanted: () => true,
      report: (_, outcome) => Promise.resolve(outcomes.push(outcome) > 0),
    }
    const [{ type, params }, run] =
      kind === 'file' ? ([file, createCopyFileJobs(deps)] as const) : ([folder, createCopyFolderJobs(deps)] as const)
    await run([{ index: 0, type, params, attempt, lastAttempt: false }], context)
    const [outcome] = outcomes
    return outcome?.kind === 'failed' ? outcome.error.code : (outcome?.kind ?? 'nothing')
  }
  const text = async (path: string): Promise<string> => new Response((await files.open('Emu1s1n', path))?.body).text()
  return { files, execute, text }
}

describe.each(['file', 'folder'] as const)('the copy of a %s that may not overwrite', (kind) => {
  it('is finished by a later attempt when an earlier one has stored it', async () => {
    const { execute, text } = await bench()
    expect([await execute(kind, 1), await execute(kind, 2), await text('/d/a')]).toEqual(['finished', 'finished', 'mine'])
  })

  it("overwrites nobody's file at a later attempt, nor another job's copy", async () => {
    const { files, execute, text } = await bench()
    await files.put('Emu1s1n', '/d/a', bytes('theirs'), META)
    expect([await execute(kind, 2), await text('/d/a')]).toEqual(['forbidden', 'theirs'])
    await files.delete('Emu1s1n', ['/d/a'])
    expect([await execute(kind, 1, 'another'), await execute(kind, 2)]).toEqual(['finished', 'forbidden'])
  })
})
