import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { createUpload, type UploadCondition } from '../../../src/service/files/upload.ts'
import { memoryFileStore } from '../../support/memory/file-store.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** A file stands at the path by the time of the write, whatever was there when the path was chosen. */
async function uploadOver(exclusive: boolean, onlyIf: (etag: string) => UploadCondition | undefined) {
  const files = memoryFileStore()
  const replaced: string[] = []
  const meta = { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] }
  const there = await files.put('acc', '/a.txt', text('before'), meta)
  const upload = createUpload({
    files,
    choosePath: async () => ({ path: '/a.txt', exclusive }),
    maxUploadBytes: () => 1000,
    mimeOfName: () => null,
    replaced: async (_, path) => void replaced.push(path),
  })
  const condition = onlyIf(there?.etag ?? '')
  const order = { account: 'acc', destination: '/a.txt', mime: 'text/plain', originalFileName: null }
  const permit = { create: () => true, overwrite: () => !exclusive }
  const outcome = await upload({ ...order, permit, body: text('after'), ...(condition && { onlyIf: condition }) }).then(
    () => 'stored',
    (thrown: unknown) => AppError.from(thrown).code,
  )
  const open = await files.open('acc', '/a.txt')
  return [outcome, await new Response(open?.body).text(), replaced]
}

describe('an upload to a path where a file is', () => {
  it.each<[string, boolean, (etag: string) => UploadCondition | undefined, string]>([
    ['replaces it', false, () => undefined, 'stored'],
    ['replaces the version that it names', false, (etag) => ({ etag }), 'stored'],
    ['leaves another version', false, () => ({ etag: 'other' }), 'precondition_failed'],
    ['leaves it where nothing may be', false, () => ({ isAbsent: true }), 'precondition_failed'],
    ['leaves it without the right to overwrite', true, () => undefined, 'forbidden'],
    ['leaves the version that it names without the right to overwrite', true, (etag) => ({ etag }), 'file_not_found'],
    ['leaves it without the right to overwrite where nothing may be', true, () => ({ isAbsent: true }), 'precondition_failed'],
  ])('%s', async (_, exclusive, onlyIf, outcome) => {
    const isStored = outcome === 'stored'
    expect(await uploadOver(exclusive, onlyIf)).toEqual([outcome, isStored ? 'after' : 'before', isStored ? ['/a.txt'] : []])
  })
})
