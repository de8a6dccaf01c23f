import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UploadApi } from '@bytescale/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'
import { storageOf } from './support/storage.ts'

const MIB = 1024 * 1024
let state: string
let server: RunningServer

async function start(env: Record<string, string> = {}): Promise<UploadApi> {
  server = await startServer(state, env)
  return new UploadApi({ apiKey: server.secretKey, apiUrl: server.origin, cdnUrl: server.origin })
}

beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('an upload of 50 MiB whose server is killed', () => {
  it('is resumed by listUploadParts, and the file is whole', async () => {
    const data = randomBytes(50 * MIB)
    let api = await start()
    const accountId = server.account
    const { uploadId, uploadParts, file } = await api.beginMultipartUpload({
      accountId,
      beginMultipartUploadRequest: { size: data.length, protocol: '1.1', path: '/resumed.bin' },
    })
    expect(uploadParts.count).toBe(10)

    const send = async (index: number): Promise<string> => {
      const { uploadUrl, range } = await api.getUploadPart({ accountId, uploadId, uploadPartIndex: index })
      const response = await fetch(uploadUrl, { method: 'PUT', body: data.subarray(range.inclusiveStart, range.inclusiveEnd + 1) })
      const { status } = await api.completeUploadPart({
        accountId,
        uploadId,
        uploadPartIndex: index,
        completeUploadPartRequest: { etag: response.headers.get('etag') ?? '' },
      })
      return status
    }
    for (const index of [0, 3, 1, 7]) await send(index)
    // Two parts are on their way when everything goes.
    const lost = Promise.allSettled([send(2), send(4)])
    await new Promise((wait) => setTimeout(wait, 20))
    await server.stop('SIGKILL')
    await lost

    api = await start()
    const { remainingUploadParts } = await api.listUploadParts({ accountId, uploadId })
    expect(remainingUploadParts).toEqual(expect.arrayContaining([5, 6, 8, 9]))
    for (const done of [0, 1, 3, 7]) expect(remainingUploadParts).not.toContain(done)
    const statuses: string[] = []
    for (const index of remainingUploadParts) statuses.push(await send(index))
    expect(statuses.at(-1)).toBe('Completed')
    expect(statuses.slice(0, -1).every((status) => status === 'Pending')).toBe(true)
    const response = await fetch(`${server.origin}/${accountId}/raw${file.filePath}`)
    expect(sha256(Buffer.from(await response.arrayBuffer()))).toBe(sha256(data))
    await server.stop()
  })
})

describe('100 abandoned uploads', () => {
  it('leave nothing after their expiry', async () => {
    const api = await start({ EMULSION_UPLOAD_EXPIRY_SECONDS: '10' })
    const accountId = server.account
    const before = storageOf(state)
    expect(before.files).toBeGreaterThan(0)
    const part = randomBytes(5 * MIB)
    const ids: string[] = []
    let largest = 0
    for (let i = 0; i < 100; i++) {
      const { uploadId, uploadParts } = await api.beginMultipartUpload({
        accountId,
        beginMultipartUploadRequest: { size: 8 * MIB, protocol: '1.1' },
      })
      ids.push(uploadId)
      // Every fifth sends a part before it is forgotten.
      if (i % 5 !== 0) continue
      expect((await fetch(uploadParts.first.uploadUrl, { method: 'PUT', body: part })).status).toBe(200)
      largest = Math.max(largest, storageOf(state).bytes)
    }
    expect(largest - before.bytes).toBeGreaterThanOrEqual(5 * MIB)
    const gone = async (uploadId: string): Promise<boolean> =>
      api.listUploadParts({ accountId, uploadId }).then(
        () => false,
        (error: { errorCode?: string }) => error.errorCode === 'upload_not_found',
      )
    for (let i = 0; i < 120; i++) {
      await new Promise((wait) => setTimeout(wait, 500))
      const verdicts = await Promise.all([ids[0], ids[50], ids[99]].map((id) => gone(id ?? '')))
      if (!verdicts.includes(false)) break
    }
    expect(await Promise.all(ids.map(gone))).toEqual(ids.map(() => true))
    expect(storageOf(state)).toEqual(before)
    // The account may begin others: none of those counts any more.
    await api.beginMultipartUpload({ accountId, beginMultipartUploadRequest: { size: 1 } })
  })
})
