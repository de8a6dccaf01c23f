import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createR2ChunkStore } from '../../../src/adapters/parts/r2-chunk-store.ts'
import { createR2FileStore } from '../../../src/adapters/r2-file-store.ts'
import { createR2MultipartStore } from '../../../src/adapters/r2-multipart-store.ts'
import type { Env } from '../../../src/env.ts'
import type { StoredUpload } from '../../../src/service/files/multipart-ports.ts'
import { createObjectUploads } from '../../../src/service/handles/parts/object-uploads.ts'
import { ACCOUNT } from '../support/client.ts'

// Real stores take such uploads in test/e2e/stores and `npm run test:stores`; here is what must hold between them and the bucket.

const bindings = env as never as Env
const own = createR2FileStore(bindings.FILES)
const chunks = createR2ChunkStore(bindings.FILES)
/** The bucket as a foreign store: its objects lie below a folder. */
const pathOf = (path: string): string => `/elsewhere/${path.slice(2)}`
const uploads = createObjectUploads({
  own: createR2MultipartStore(bindings.FILES),
  chunks,
  files: { put: (account, path, ...rest) => own.put(account, pathOf(path), ...rest) },
})

const uploadTo = (key: string, size: number): StoredUpload => ({
  account: ACCOUNT,
  uploadId: `upload-${key}`,
  path: `//store/container/${key}`,
  meta: { mime: 'text/plain', originalFileName: key, metadata: {}, tags: [] },
  size,
  storageId: '',
  exclusive: false,
  origin: { handle: 'A'.repeat(20) },
})
const send = async (upload: StoredUpload, index: number, text: string) => ({
  index,
  etag: await uploads.putPart(upload, index, new Blob([text]).stream(), text.length),
})
async function textOf({ path }: StoredUpload): Promise<string | null> {
  const open = await own.open(ACCOUNT, pathOf(path))
  return open && new Response(open.body).text()
}

describe('an upload in parts into a configured store', () => {
  it('is joined in the order of its parts, and again with the same outcome', async () => {
    const upload = uploadTo('order.txt', 9)
    const last = await send(upload, 2, 'three')
    const parts = [await send(upload, 0, 'on'), await send(upload, 1, 'tw'), last]
    for (let times = 0; times < 2; times++) {
      expect(await uploads.finish(upload, parts)).toMatchObject({ size: 9, mime: 'text/plain', origin: { handle: 'A'.repeat(20) } })
      expect(await textOf(upload)).toBe('ontwthree')
    }
  })

  it('a part that was replaced after it was listed is told, and nothing is stored', async () => {
    const upload = uploadTo('replaced.txt', 6)
    const parts = [await send(upload, 0, 'one'), await send(upload, 1, 'two')]
    await send(upload, 1, 'TWO')
    await expect(uploads.finish(upload, parts)).rejects.toMatchObject({ code: 'invalid_body' })
    expect(await textOf(upload)).toBeNull()
  })

  it('chunks that make up a part leave the parts alone', async () => {
    const upload = uploadTo('chunks.txt', 5)
    await chunks.put(upload.uploadId, 1, { offset: 0, size: 5 }, new Blob(['hello']).stream())
    const etag = await uploads.putPart(upload, 0, chunks.open(upload.uploadId, 1, [{ offset: 0 }]), 5)
    await chunks.clear(upload.uploadId, 1)
    await uploads.finish(upload, [{ index: 0, etag }])
    expect(await textOf(upload)).toBe('hello')
  })

  it('a part of another length than was said is refused', async () => {
    const upload = uploadTo('short.txt', 6)
    await expect(uploads.putPart(upload, 0, new Blob(['hello']).stream(), 6)).rejects.toMatchObject({ code: 'invalid_body' })
    await expect(uploads.putPart(upload, 0, null, 6)).rejects.toMatchObject({ code: 'invalid_body' })
  })

  it('what is given up is gone with its chunks', async () => {
    const upload = uploadTo('given-up.txt', 3)
    const part = await send(upload, 0, 'one')
    await uploads.abort(upload)
    await chunks.clear(upload.uploadId, null)
    await expect(uploads.finish(upload, [part])).rejects.toMatchObject({ code: 'invalid_body' })
    expect(await textOf(upload)).toBeNull()
  })
})
