import { AppError } from '../../../src/errors.ts'
import type {
  MultipartStore,
  StoredUpload,
  UploadClaim,
  UploadLedger,
  UploadSessions,
  UploadStatus,
} from '../../../src/service/files/multipart-ports.ts'
import { advance, beginSession, type PartState, type UploadEvent, type UploadSession } from '../../../src/service/files/upload-session.ts'
import { pathTaken } from '../../../src/service/files/path.ts'
import type { FileInfo, FileStore } from '../../../src/service/ports.ts'

/** Uploads in parts to files in memory. */
export function memoryMultipartStore(files: FileStore): MultipartStore {
  const parts = new Map<string, Uint8Array>()
  const made = new Map<string, FileInfo>()
  const nameOf = ({ uploadId }: StoredUpload, index: number, etag: string): string => JSON.stringify([uploadId, index, etag])
  let versions = 0
  return {
    begin: (_account, _path, uploadId) => Promise.resolve(uploadId),
    async putPart(upload, index, body, size) {
      const bytes = new Uint8Array(await new Response(body).arrayBuffer())
      if (bytes.length !== size) throw new AppError('invalid_body')
      const etag = `part ${versions++}`
      parts.set(nameOf(upload, index, etag), bytes)
      return etag
    },
    async finish(upload, wanted) {
      const { account, path, meta, exclusive, uploadId } = upload
      const before = made.get(uploadId)
      if (before) return before
      const found = wanted.map(({ index, etag }) => parts.get(nameOf(upload, index, etag)))
      if (found.includes(undefined)) throw new AppError('invalid_body')
      const body = new Uint8Array(await new Blob(found as Uint8Array<ArrayBuffer>[]).arrayBuffer())
      const file = await files.put(account, path, body, meta, { ifAbsent: exclusive })
      if (file) made.set(uploadId, file)
      return file
    },
    abort: () => Promise.resolve(),
  }
}

/** Sessions without a clock: nothing expires by itself. */
export function memoryUploadSessions(uploads: MultipartStore): UploadSessions {
  const open = new Map<string, { session: UploadSession; readonly parts: Map<number, PartState>; finishing?: Promise<FileInfo | null> }>()
  function entryOf(account: string, uploadId: string) {
    const entry = open.get(`${account}/${uploadId}`)
    if (!entry) throw new AppError('upload_not_found')
    return entry
  }

  async function apply(account: string, uploadId: string, event: UploadEvent): Promise<UploadStatus> {
    const entry = entryOf(account, uploadId)
    const step = advance(entry.session, 'index' in event ? (entry.parts.get(event.index) ?? null) : null, event)
    if (step.error) throw new AppError(step.error.code, step.error)
    if (step.part) entry.parts.set(step.part.index, step.part)
    entry.session = step.session
    if (step.effect === 'finish') {
      const parts = [...entry.parts.values()].sort((a, b) => a.index - b.index)
      const file = await (entry.finishing ??= uploads.finish(step.session.upload, parts))
      entry.session = advance(entry.session, null, file ? { type: 'finished', etag: file.etag } : { type: 'refused' }).session
    }
    const { phase, etag } = entry.session
    if (phase === 'refused') throw pathTaken(entry.session.upload.path)
    return { phase, etag }
  }

  return {
    begin(upload) {
      open.set(`${upload.account}/${upload.uploadId}`, { session: beginSession(upload), parts: new Map() })
      return Promise.resolve()
    },
    read: async (account, uploadId) => entryOf(account, uploadId).session,
    stored: (account, uploadId, index, etag) => apply(account, uploadId, { type: 'stored', index, etag }),
    completed: (account, uploadId, index, etag) => apply(account, uploadId, { type: 'completed', index, etag }),
    async abort(account, uploadId) {
      await apply(account, uploadId, { type: 'aborted' })
    },
    async resumed(account, uploadId, index) {
      await apply(account, uploadId, { type: 'resumed' })
      const part = entryOf(account, uploadId).parts.get(index)
      if (!part) throw new AppError('upload_not_found')
      return part.etag
    },
    async remaining(account, uploadId) {
      const { session, parts } = entryOf(account, uploadId)
      return Array.from({ length: session.upload.partCount }, (_, i) => i).filter((i) => parts.get(i)?.completed !== true)
    },
  }
}

export function memoryUploadLedger(): UploadLedger {
  const claims = new Map<string, UploadClaim & { readonly account: string }>()
  return {
    admit(account, claim, { perKey, perAddress }) {
      const counting = [...claims.values()].filter(
        (other) => other.account === account && other.keyId === claim.keyId && other.expiresAt >= Date.now(),
      )
      if (perAddress !== null && counting.filter(({ address }) => address === claim.address).length >= perAddress)
        return Promise.resolve('perAddress')
      if (counting.length >= perKey) return Promise.resolve('perKey')
      claims.set(`${account}/${claim.uploadId}`, { ...claim, account })
      return Promise.resolve(null)
    },
    prolong(account, uploadId, expiresAt) {
      const claim = claims.get(`${account}/${uploadId}`)
      if (claim) claims.set(`${account}/${uploadId}`, { ...claim, expiresAt })
      return Promise.resolve()
    },
    release(account, uploadId) {
      claims.delete(`${account}/${uploadId}`)
      return Promise.resolve()
    },
  }
}
