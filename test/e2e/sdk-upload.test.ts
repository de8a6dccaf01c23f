import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BytescaleApiError, CancelledError, UploadApi, UploadManager, UrlBuilder } from '@bytescale/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

let state: string
let server: RunningServer
let accountId: string
/** All that a client changes to come here: two base URLs and a key. */
let config: { apiKey: string; apiUrl: string; cdnUrl: string }

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state)
  accountId = server.account
  config = { apiKey: server.secretKey, apiUrl: server.origin, cdnUrl: server.origin }
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const MIB = 1024 * 1024
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const download = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer())
const apiError = (code: string) => expect.objectContaining({ name: 'BytescaleApiError', errorCode: code })

describe('UploadManager', () => {
  it.each<[string, () => { data: never; size?: number }, Buffer, string]>([
    ['a string', () => ({ data: 'Hällo' as never }), Buffer.from('Hällo'), 'text/plain'],
    ['a buffer', () => ({ data: Buffer.from([1, 2, 3]) as never }), Buffer.from([1, 2, 3]), 'application/octet-stream'],
    ['an ArrayBuffer', () => ({ data: new Uint8Array([4, 5]).buffer as never }), Buffer.from([4, 5]), 'application/octet-stream'],
    ['a blob with a type', () => ({ data: new Blob(['x'], { type: 'image/png' }) as never }), Buffer.from('x'), 'image/png'],
    [
      'a stream',
      () => ({ data: Readable.from([Buffer.from('st'), Buffer.from('ream')]) as never, size: 6 }),
      Buffer.from('stream'),
      'application/octet-stream',
    ],
    ['an empty buffer', () => ({ data: Buffer.alloc(0) as never }), Buffer.alloc(0), 'application/octet-stream'],
    ['an empty string', () => ({ data: '' as never }), Buffer.alloc(0), 'text/plain'],
  ])('uploads %s', async (_, source, bytes, mime) => {
    const file = await new UploadManager(config).upload({ ...source(), metadata: { answer: 42 }, tags: ['sdk'] })
    expect(file).toMatchObject({
      accountId,
      size: bytes.length,
      mime,
      metadata: { answer: 42 },
      tags: ['sdk'],
      etag: expect.stringMatching(/^".+"$/),
    })
    expect(file.fileUrl).toBe(UrlBuilder.url({ accountId, filePath: file.filePath, options: { cdnUrl: server.origin } }))
    const response = await fetch(file.fileUrl)
    expect(response.headers.get('Content-Type')).toBe(mime)
    expect(response.headers.get('ETag')).toBe(file.etag)
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it.each([5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 64 * MIB])('%i bytes arrive whole, four parts at a time', async (size) => {
    const data = randomBytes(size)
    const progress: number[] = []
    const file = await new UploadManager(config).upload({
      data,
      path: { folderPath: '/large', fileName: `${size}.bin` },
      onProgress: (event) => progress.push(event.bytesSent),
    })
    expect(file).toMatchObject({ filePath: `/large/${size}.bin`, size })
    expect(Math.max(...progress)).toBe(size)
    expect(sha256(await download(file.fileUrl))).toBe(sha256(data))
  })

  it('a stream of 12 MiB arrives whole', async () => {
    const data = randomBytes(12 * MIB)
    const chunks = Array.from({ length: 192 }, (_, i) => data.subarray(i * 65536, (i + 1) * 65536))
    const file = await new UploadManager(config).upload({
      data: Readable.from(chunks),
      size: data.length,
      originalFileName: 'clip.mp4',
      mime: 'video/mp4',
    })
    expect(file.filePath).toMatch(/-clip\.mp4$/)
    expect(sha256(await download(file.fileUrl))).toBe(sha256(data))
  })

  it('uploads with a public key to new paths only', async () => {
    const manager = new UploadManager({ ...config, apiKey: server.publicKey })
    const path = { folderPath: '/public', fileName: 'once.txt' }
    expect(await manager.upload({ data: 'first', path })).toMatchObject({ filePath: '/public/once.txt' })
    await expect(manager.upload({ data: 'second', path })).rejects.toEqual(apiError('forbidden'))
    expect((await download(`${server.origin}/${accountId}/raw/public/once.txt`)).toString()).toBe('first')
  })

  it('is cancelled by its token', async () => {
    const cancellationToken = { isCancelled: false, cancel: () => undefined }
    const uploading = new UploadManager(config).upload({
      data: randomBytes(32 * MIB),
      cancellationToken,
      onProgress: () => {
        cancellationToken.isCancelled = true
      },
    })
    await expect(uploading).rejects.toBeInstanceOf(CancelledError)
  })
})

describe('UploadApi', () => {
  const api = (): UploadApi => new UploadApi(config)
  const begin = (size: number, request: object = {}) =>
    api().beginMultipartUpload({ accountId, beginMultipartUploadRequest: { size, ...request } })
  const put = async (url: string, body: Uint8Array): Promise<string> => {
    const response = await fetch(url, { method: 'PUT', body: body as BodyInit })
    expect(response.status).toBe(200)
    return response.headers.get('etag') ?? ''
  }
  const complete = (uploadId: string, uploadPartIndex: number, etag: string) =>
    api().completeUploadPart({ accountId, uploadId, uploadPartIndex, completeUploadPartRequest: { etag } })

  it('takes parts in any order and twice, and lists what is left', async () => {
    const data = randomBytes(12 * MIB)
    const { uploadId, uploadParts, file } = await begin(data.length, { protocol: '1.1', path: '/parts.bin' as never })
    expect(uploadParts).toMatchObject({ count: 3, first: { uploadPartIndex: 0, range: { inclusiveStart: 0, inclusiveEnd: 5 * MIB - 1 } } })
    expect(file.etag).toBeNull()
    const answers: string[] = []
    for (const index of [2, 0, 2, 1]) {
      const { uploadUrl, range } = await api().getUploadPart({ accountId, uploadId, uploadPartIndex: index })
      const etag = await put(uploadUrl, data.subarray(range.inclusiveStart, range.inclusiveEnd + 1))
      answers.push((await complete(uploadId, index, etag)).status)
      const { remainingUploadParts } = await api().listUploadParts({ accountId, uploadId })
      answers.push(remainingUploadParts.join())
    }
    expect(answers).toEqual(['Pending', '0,1', 'Pending', '1', 'Pending', '1', 'Completed', ''])
    expect(sha256(await download(file.fileUrl))).toBe(sha256(data))
  })

  it('a completed upload answers again, and takes no more bytes', async () => {
    const { uploadId, uploadParts } = await begin(3, { protocol: '1.1' })
    const etag = await put(uploadParts.first.uploadUrl, Buffer.from('abc'))
    const first = await complete(uploadId, 0, etag)
    expect(first).toMatchObject({ status: 'Completed', etag: expect.any(String) })
    expect(await complete(uploadId, 0, etag)).toEqual(first)
    expect((await fetch(uploadParts.first.uploadUrl, { method: 'PUT', body: 'xyz' })).status).toBe(409)
  })

  it('protocol 1.0: one part is a file right after its PUT; 1.1: after its completion', async () => {
    const old = await begin(3, { path: '/protocol-1-0.txt' as never })
    await put(old.uploadParts.first.uploadUrl, Buffer.from('old'))
    expect((await download(old.file.fileUrl)).toString()).toBe('old')
    const now = await begin(3, { path: '/protocol-1-1.txt' as never, protocol: '1.1' })
    await put(now.uploadParts.first.uploadUrl, Buffer.from('now'))
    expect((await fetch(now.file.fileUrl)).status).toBe(404)
  })

  it('a part of another length is refused, and the right one is taken afterwards', async () => {
    const { uploadId, uploadParts } = await begin(3, { protocol: '1.1' })
    for (const body of ['', 'ab', 'abcd']) expect((await fetch(uploadParts.first.uploadUrl, { method: 'PUT', body })).status).toBe(400)
    expect((await complete(uploadId, 0, await put(uploadParts.first.uploadUrl, Buffer.from('abc')))).status).toBe('Completed')
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['an unknown upload', () => api().listUploadParts({ accountId, uploadId: 'x'.repeat(16) }), 'upload_not_found'],
    [
      'a part beyond the last',
      async () => api().getUploadPart({ accountId, uploadId: (await begin(1)).uploadId, uploadPartIndex: 1 }),
      'invalid_parameter',
    ],
    ['completion before the bytes', async () => complete((await begin(1, { protocol: '1.1' })).uploadId, 0, '"x"'), 'invalid_parameter'],
    ['a size over the limit', () => begin(500_000_001), 'file_too_large'],
    ['a negative size', () => begin(-1), 'invalid_body'],
    ['a path that climbs', () => begin(1, { path: { folderPath: '/a/../b' } }), 'invalid_path'],
    ['a wrong type', () => begin(1, { mime: 'x' }), 'invalid_parameter'],
    ['metadata over 2 KB', () => begin(1, { metadata: { a: 'x'.repeat(3000) } }), 'invalid_parameter'],
    ['26 tags', () => begin(1, { tags: Array.from({ length: 26 }, (_, i) => `t${i}`) }), 'invalid_parameter'],
    ["another account's path", () => new UploadApi(config).listUploadParts({ accountId: 'W142hJk', uploadId: 'x' }), 'forbidden'],
    [
      'an unknown key',
      () => new UploadApi({ ...config, apiKey: `secret_${'1'.repeat(28)}` }).listUploadParts({ accountId, uploadId: 'x' }),
      'unauthorized',
    ],
  ])('%s is an error with a code', async (_, call, code) => {
    const error: unknown = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(BytescaleApiError)
    expect(error).toEqual(apiError(code))
  })
})
