import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createEdgeResultCache } from '../../src/adapters/edge-result-cache.ts'
import { createR2FileStore } from '../../src/adapters/r2-file-store.ts'
import { createR2MultipartStore } from '../../src/adapters/r2-multipart-store.ts'
import { createR2ResultStore } from '../../src/adapters/r2-result-store.ts'
import type { Env } from '../../src/env.ts'
import { AppError } from '../../src/errors.ts'
import type { Room } from '../../src/service/ports.ts'
import type { PendingUpload } from '../../src/service/files/upload-session.ts'

const { FILES, RESULTS } = env as never as Env
const ACCOUNT = 'FuLLacc'
const META = { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] }
const BYTES = new TextEncoder().encode('twelve bytes')
const RESULT = { body: BYTES, size: BYTES.length, mime: 'image/png', etag: 'key', warnings: '', engine: 'core' as const }

/** Without space, and with a list of what was asked of it. */
function full() {
  const asked: (number | 'free')[] = []
  const room: Room = {
    hold(bytes) {
      asked.push(bytes)
      return Promise.reject(new AppError('storage_full'))
    },
    free(work) {
      asked.push('free')
      return work()
    },
  }
  return { room, asked }
}

const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => new Response(bytes as BodyInit).body as ReadableStream<Uint8Array> // of a response with a body
const upload = {
  account: ACCOUNT,
  path: '/parts',
  storageId: 'x',
  uploadId: 'y',
  size: 12,
  meta: META,
  exclusive: false,
} as unknown as PendingUpload

describe('a storage without space', () => {
  it.each<[string, number, (room: Room) => Promise<unknown>]>([
    ['bytes', 12, (room) => createR2FileStore(FILES, room).put(ACCOUNT, '/bytes', BYTES, META)],
    ['a stream', 12, (room) => createR2FileStore(FILES, room).put(ACCOUNT, '/stream', { stream: streamOf(BYTES), size: 12 }, META)],
    ['a part', 12, (room) => createR2MultipartStore(FILES, room).putPart(upload, 0, streamOf(BYTES), 12)],
    ['an upload in parts', 100_000, (room) => createR2MultipartStore(FILES, room).begin(ACCOUNT, '/parts', 'y', META)],
    ['a result', 12, (room) => createR2ResultStore(RESULTS, room).put(ACCOUNT, { path: '/bytes', etag: '' }, 'key', RESULT)],
  ])('refuses %s, by its size', async (_, bytes, write) => {
    const { room, asked } = full()
    await expect(write(room)).rejects.toMatchObject({ code: 'storage_full' })
    expect(asked).toEqual([bytes])
  })

  it('is no error for the cache at the edge, which keeps nothing then', async () => {
    const { room, asked } = full()
    const edge = createEdgeResultCache(caches.default, room)
    await edge.put('full-storage', RESULT, 60)
    expect(asked).toEqual([12])
    expect(await edge.get('full-storage')).toBeNull()
  })

  it('reads, and deletes by its reserve', async () => {
    await createR2FileStore(FILES).put(ACCOUNT, '/there', BYTES, META)
    const { room, asked } = full()
    const files = createR2FileStore(FILES, room)
    expect(await files.head(ACCOUNT, '/there')).toMatchObject({ size: 12 })
    await files.delete(ACCOUNT, ['/there'])
    expect(asked).toEqual(['free'])
    expect(await files.head(ACCOUNT, '/there')).toBeNull()
  })
})
