import { expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import type { UploadsInParts } from '../../../../src/service/handles/parts/ports.ts'
import { advance, afterJoin, beginSession, type UploadInParts } from '../../../../src/service/handles/parts/session.ts'
import { createHandleUploads, type HandleUploadsDeps } from '../../../../src/service/handles/parts/uploads.ts'

const upload = { size: 0, firstPartBy: 1, expiresAt: 2 } as UploadInParts // what the reducer reads
const complete = { type: 'complete', listed: [], joinsRest: false } as const

/** A service whose sessions answer as given and whose patience ends when told. */
function service(apply: UploadsInParts['apply'], wait: HandleUploadsDeps['wait']) {
  return createHandleUploads({ sessions: { apply }, wait } as unknown as HandleUploadsDeps) // `complete` uses nothing else
}
const never = (): Promise<never> => new Promise(() => undefined)

it('a joining that takes long is told as such, and one that failed as failed', async () => {
  expect(await service(never, () => Promise.resolve()).complete('app', 'id', [], false)).toBe('joining')
  const stored = afterJoin(advance(beginSession(upload), complete, []), 'stored')
  expect(await service(() => Promise.resolve(stored), never).complete('app', 'id', [], false)).toBe('stored')
  const lost = afterJoin(advance(beginSession(upload), complete, []), 'lost')
  await expect(service(() => Promise.resolve(lost), never).complete('app', 'id', [], false)).rejects.toMatchObject({
    code: 'upload_not_found',
  })
  const failing = service(() => Promise.reject(new AppError('storage_unavailable')), never)
  await expect(failing.complete('app', 'id', [], false)).rejects.toMatchObject({ code: 'storage_unavailable' })
})

it.each<[string, readonly ('stored' | 'wrongParts' | 'lost')[], string]>([
  ['stored stays stored', ['stored', 'wrongParts', 'lost'], 'stored'],
  ['lost stays lost', ['lost', 'stored'], 'gone'],
  ['wrong parts open it again', ['wrongParts', 'stored'], 'open'],
])('%s', (_, outcomes, phase) => {
  const session = outcomes.reduce(afterJoin, advance(beginSession(upload), complete, []))
  expect(session.phase).toBe(phase)
})
