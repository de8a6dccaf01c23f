import { describe, expect, it } from 'vitest'
import type { AppError } from '../../src/errors.ts'
import type { MultipartStore, UploadLedger, UploadSessions } from '../../src/service/files/multipart-ports.ts'
import type { PendingUpload } from '../../src/service/files/upload-session.ts'
import type { FileMeta, FileStore } from '../../src/service/ports.ts'

const META: FileMeta = { mime: 'text/plain', originalFileName: 'a.txt', metadata: { a: 1 }, tags: ['t'] }
const PART = 5 * 1024 * 1024
const bytes = (size: number, fill: number): Uint8Array<ArrayBuffer> => new Uint8Array(size).fill(fill)
const stream = (body: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> => new Blob([body]).stream()
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as AppError).code,
  )

export interface UploadStores {
  readonly files: FileStore
  readonly uploads: MultipartStore
}

let ids = 0
const pending = (account: string, path: string, size: number, exclusive = false): PendingUpload => ({
  account,
  uploadId: `contract${ids++}`,
  path,
  meta: META,
  size,
  partSize: PART,
  partCount: Math.max(1, Math.ceil(size / PART)),
  storageId: '',
  exclusive,
  endsWithItsPart: false,
  startedAt: Date.now(),
  firstPartBy: Date.now() + 3_600_000,
  expiresAt: Date.now() + 3_600_000,
  keyId: 'secret',
})

async function begun(uploads: MultipartStore, upload: PendingUpload): Promise<PendingUpload> {
  return { ...upload, storageId: await uploads.begin(upload.account, upload.path, upload.uploadId, upload.meta) }
}

const partOf = async (uploads: MultipartStore, upload: PendingUpload, index: number, body: Uint8Array<ArrayBuffer>) => ({
  index,
  etag: await uploads.putPart(upload, index, stream(body), body.length),
  completed: true,
})

/** What every MultipartStore does. Paths are of each test. */
export function multipartStoreContract(name: string, make: () => UploadStores): void {
  const account = 'Parts00'

  describe(`${name} keeps the contract of MultipartStore`, () => {
    it('joins parts into one file with what was said of it, and answers the same again', async () => {
      const { files, uploads } = make()
      const upload = await begun(uploads, pending(account, '/joined', PART + 3))
      const second = await partOf(uploads, upload, 1, bytes(3, 2))
      await partOf(uploads, upload, 0, bytes(PART, 9))
      const first = await partOf(uploads, upload, 0, bytes(PART, 1))
      expect(await files.head(account, '/joined')).toBeNull()
      const file = await uploads.finish(upload, [first, second])
      expect(file).toMatchObject({ ...META, path: '/joined', size: PART + 3 })
      expect((await uploads.finish(upload, [first, second]))?.etag).toBe(file?.etag)
      const open = await files.open(account, '/joined', { start: PART - 1, end: PART + 1 })
      expect([...new Uint8Array(await new Response(open?.body).arrayBuffer())]).toEqual([1, 2])
    })

    it('stores a part of its size or nothing', async () => {
      const { uploads } = make()
      const upload = await begun(uploads, pending(account, '/sizes', 5))
      expect(await codeOf(uploads.putPart(upload, 0, stream(bytes(4, 1)), 5))).toBe('invalid_body')
      expect(await codeOf(uploads.putPart(upload, 0, null, 5))).toBe('invalid_body')
      expect(await codeOf(uploads.putPart(upload, 0, stream(bytes(5, 1)), 5))).toBe('done')
    })

    it('makes an empty file of one empty part', async () => {
      const { uploads } = make()
      const upload = await begun(uploads, pending(account, '/empty', 0))
      const part = { index: 0, etag: await uploads.putPart(upload, 0, null, 0), completed: true }
      expect(await uploads.finish(upload, [part])).toMatchObject({ size: 0 })
    })

    it('exclusive: of two uploads to one path one makes the file, and a file that is there stays', async () => {
      const { files, uploads } = make()
      const [a, b] = [await begun(uploads, pending(account, '/once', 1, true)), await begun(uploads, pending(account, '/once', 1, true))]
      const parts = [await partOf(uploads, a, 0, bytes(1, 1)), await partOf(uploads, b, 0, bytes(1, 2))] as const
      const joined = await Promise.all([uploads.finish(a, [parts[0]]), uploads.finish(b, [parts[1]])])
      expect(joined.filter((file) => file !== null)).toHaveLength(1)
      expect(await files.head(account, '/once')).not.toBeNull()
    })

    it('joined and then replaced: joining again answers what is there, and brings nothing back', async () => {
      const { files, uploads } = make()
      const upload = await begun(uploads, pending(account, '/replaced', 1))
      const part = await partOf(uploads, upload, 0, bytes(1, 1))
      await uploads.finish(upload, [part])
      await files.put(account, '/replaced', bytes(2, 7), META)
      expect(await uploads.finish(upload, [part])).not.toBeNull()
      expect((await files.head(account, '/replaced'))?.size).toBe(2)
    })

    it('exclusive: an abort gives the path back, also after a joining that failed', async () => {
      const { files, uploads } = make()
      const upload = await begun(uploads, pending(account, '/freed', 1, true))
      await partOf(uploads, upload, 0, bytes(1, 1))
      expect(await codeOf(uploads.finish(upload, [{ index: 0, etag: 'no such part' }]))).toBe('invalid_body')
      expect(await files.head(account, '/freed')).toBeNull()
      await uploads.abort(upload)
      await uploads.abort(upload)
      expect(await files.put(account, '/freed', bytes(1, 7), META, { ifAbsent: true })).not.toBeNull()
    })
  })
}

/** What every UploadSessions does over a store. */
export function uploadSessionsContract(name: string, make: () => UploadStores & { readonly sessions: UploadSessions }): void {
  const account = 'Parts01'

  describe(`${name} keeps the contract of UploadSessions`, () => {
    it('finishes the file with the last completed part, once', async () => {
      const { files, uploads, sessions } = make()
      const upload = await begun(uploads, pending(account, '/session', PART + 1))
      await sessions.begin(upload)
      expect((await sessions.read(account, upload.uploadId)).upload).toEqual(upload)
      const parts = [await partOf(uploads, upload, 0, bytes(PART, 1)), await partOf(uploads, upload, 1, bytes(1, 1))]
      for (const { index, etag } of parts) await sessions.stored(account, upload.uploadId, index, etag)
      expect(await sessions.remaining(account, upload.uploadId)).toEqual([0, 1])
      expect(await codeOf(sessions.completed(account, upload.uploadId, 0, 'another'))).toBe('invalid_parameter')
      expect((await sessions.completed(account, upload.uploadId, 1, parts[1]?.etag ?? '')).phase).toBe('open')
      expect(await sessions.remaining(account, upload.uploadId)).toEqual([0])
      const ends = [1, 2].map(() => sessions.completed(account, upload.uploadId, 0, parts[0]?.etag ?? ''))
      for (const { phase, etag } of await Promise.all(ends))
        expect([phase, etag]).toEqual(['finished', (await files.head(account, '/session'))?.etag])
      expect(await sessions.resumed(account, upload.uploadId, 1)).toBe(parts[1]?.etag)
      expect(await codeOf(sessions.stored(account, upload.uploadId, 0, 'late'))).toBe('upload_finished')
      expect(await codeOf(sessions.abort(account, upload.uploadId))).toBe('upload_finished')
    })

    it('knows nothing of another account’s upload, nor of one that was aborted', async () => {
      const { uploads, sessions } = make()
      const upload = await begun(uploads, pending(account, '/gone', 1))
      await sessions.begin(upload)
      expect(await codeOf(sessions.read('Another', upload.uploadId))).toBe('upload_not_found')
      await sessions.abort(account, upload.uploadId)
      await sessions.abort(account, upload.uploadId)
      expect(await codeOf(sessions.stored(account, upload.uploadId, 0, 'e'))).toBe('upload_not_found')
    })
  })
}

/** What every UploadLedger does. Each test uses an account of its own. */
export function uploadLedgerContract(name: string, make: () => UploadLedger): void {
  let accounts = 0
  const setUp = () => ({ ledger: make(), account: `Ledger${accounts++}` })
  const later = Date.now() + 3_600_000
  const claim = (uploadId: string, more: object = {}) => ({ uploadId, keyId: 'k', address: '192.0.2.1', expiresAt: later, ...more })

  describe(`${name} keeps the contract of UploadLedger`, () => {
    it('admits up to the quota of a key, and again what was released', async () => {
      const { ledger, account } = setUp()
      const quotas = { perKey: 2, perAddress: null }
      expect([await ledger.admit(account, claim('a'), quotas), await ledger.admit(account, claim('b'), quotas)]).toEqual([null, null])
      expect(await ledger.admit(account, claim('c'), quotas)).toBe('perKey')
      expect(await ledger.admit(account, claim('c', { keyId: 'other' }), quotas)).toBeNull()
      await ledger.release(account, 'a')
      expect(await ledger.admit(account, claim('d'), quotas)).toBeNull()
    })

    it('counts the uploads of one address', async () => {
      const { ledger, account } = setUp()
      const quotas = { perKey: 9, perAddress: 1 }
      await ledger.admit(account, claim('a'), quotas)
      expect(await ledger.admit(account, claim('b'), quotas)).toBe('perAddress')
      expect(await ledger.admit(account, claim('b', { address: '192.0.2.2' }), quotas)).toBeNull()
    })

    it('counts an upload until it expires, released or not, and longer when it is prolonged', async () => {
      const { ledger, account } = setUp()
      const quotas = { perKey: 1, perAddress: null }
      await ledger.admit(account, claim('a', { expiresAt: Date.now() - 1 }), quotas)
      expect(await ledger.admit(account, claim('b', { expiresAt: Date.now() + 1 }), quotas)).toBeNull()
      await ledger.prolong(account, 'b', later)
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await ledger.admit(account, claim('c'), quotas)).toBe('perKey')
    })
  })
}
