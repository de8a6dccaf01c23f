import { expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import type { HandleRecord } from '../../../src/service/handles/ports.ts'
import { createRecentHandles, HANDLES_BELIEVED_MS } from '../../../src/service/handles/recent-handles.ts'
import type { StoredFiles } from '../../../src/service/handles/stored-files.ts'

const record = (handle: string): HandleRecord => ({ handle, app: 'a', account: 'x', path: `/${handle}`, container: 'c', key: handle })

/** An index of which `findRecent` and `remove` alone are asked. */
function open() {
  let [now, asked] = [1000, 0]
  const removed = new Set<string>()
  const index = {
    async find(handle: string) {
      asked++
      if (removed.has(handle)) throw new AppError('file_not_found')
      return record(handle)
    },
    async remove({ handle }: HandleRecord) {
      removed.add(handle)
    },
  } as unknown as StoredFiles
  const handles = createRecentHandles(index, { now: () => now })
  return { handles, removed, asked: () => asked, pass: (milliseconds: number) => (now += milliseconds) }
}

it('asks the index once a minute for a handle', async () => {
  const { handles, asked, pass } = open()
  for (let i = 0; i < 5; i++) expect(await handles.findRecent('h')).toEqual(record('h'))
  expect(asked()).toBe(1)
  pass(HANDLES_BELIEVED_MS)
  await handles.findRecent('h')
  expect(asked()).toBe(2)
  await handles.findRecent('other')
  expect(asked()).toBe(3)
})

it('forgets a handle that is removed here at once, and one that is removed elsewhere within a minute', async () => {
  const { handles, removed, pass } = open()
  await handles.findRecent('here')
  await handles.remove(record('here'), true)
  await expect(handles.findRecent('here')).rejects.toThrow(AppError)
  await handles.findRecent('elsewhere')
  removed.add('elsewhere')
  expect(await handles.findRecent('elsewhere')).toEqual(record('elsewhere'))
  pass(HANDLES_BELIEVED_MS)
  await expect(handles.findRecent('elsewhere')).rejects.toThrow(AppError)
})
