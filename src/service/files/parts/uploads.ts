import { AppError, type ErrorCode } from '../../../errors.ts'
import type { Clock, FileBody, FileMeta, RandomBytes } from '../../ports.ts'
import type { ChoosePath, PathPermit } from '../choose-path.ts'
import { chooseMediaType } from '../content/media-type.ts'
import { checkFileMeta } from '../meta.ts'
import type { UploadLedger } from '../multipart-ports.ts'
import type { UploadSender } from '../multipart-upload.ts'
import { randomBase58 } from '../path-variables.ts'
import { nameOf } from './join.ts'
import type { OpenUploads, PartStore, PartUploadSessions, UploadName } from './ports.ts'
import { type ListedPart, MAX_PART_NUMBER, type PartChecksum, type PartsSession, type PartsUpload, type SentPart } from './session.ts'

export interface PartUploadDeps {
  readonly parts: PartStore
  readonly sessions: PartUploadSessions
  readonly ledger: UploadLedger & OpenUploads
  readonly choosePath: ChoosePath
  readonly clock: Clock
  readonly random: RandomBytes
  readonly mimeOfName: (fileName: string) => string | null
  /** What an account may store as one file. */
  readonly maxUploadBytes: (account: string) => number
  readonly expirySeconds: number
  /** An upload of which no part has come ends after this. */
  readonly firstPartSeconds: number
  readonly maxPending: number
  readonly maxPendingPerAddress: number
}

export interface PartUploadWish {
  readonly account: string
  readonly sender: UploadSender
  readonly path: string
  readonly mime: string | null
  readonly originalFileName: string | null
  readonly metadata: FileMeta['metadata']
  readonly permit: PathPermit
  readonly checksum: PartChecksum | null
}

/** What a part is besides its number. The checksum is known when the body has been read. */
export interface PartBody {
  readonly body: FileBody
  readonly size: number
  readonly checksum: () => string | null
}

const ID_LENGTH = 32
const VERSION_LENGTH = 8
const ENDED: readonly ErrorCode[] = ['upload_not_found', 'upload_finished']

/** Uploads whose parts have any sizes, come in any order and as often as the client likes; at the end it lists those that make up the file. */
export function createPartUploads(deps: PartUploadDeps) {
  const { parts, sessions, ledger, clock, random } = deps

  async function admit(upload: PartsUpload, { keyId, address, isTrusted }: UploadSender): Promise<void> {
    const { account, uploadId, path, startedAt, firstPartBy: expiresAt } = upload
    const quotas = { perKey: deps.maxPending, perAddress: isTrusted ? null : deps.maxPendingPerAddress }
    const full = await ledger.admit(account, { uploadId, keyId, address, expiresAt, listed: { path, startedAt } }, quotas)
    if (full !== null)
      throw new AppError('too_many_requests', { reason: `There are ${quotas[full]} unfinished uploads. Finish or abort some.` })
  }

  /** An upload is of one path. @throws AppError `upload_not_found`. */
  function demandPath({ upload }: PartsSession, path: string): void {
    if (upload.path !== path) throw new AppError('upload_not_found')
  }

  return {
    /** @throws AppError `invalid_parameter`, `forbidden`, `read_only`, `too_many_requests`. */
    async begin({ account, sender, path: destination, mime, permit, checksum, ...meta }: PartUploadWish): Promise<PartsUpload> {
      const { path, exclusive } = await deps.choosePath({ account, destination, originalFileName: meta.originalFileName, permit })
      checkFileMeta({ ...meta, mime: chooseMediaType(mime, null, deps.mimeOfName(path)), tags: [] })
      const startedAt = clock.now()
      const expiresAt = startedAt + deps.expirySeconds * 1000
      const upload: PartsUpload = {
        account,
        uploadId: randomBase58(ID_LENGTH, random),
        path,
        meta: { ...meta, mime, tags: [] },
        exclusive,
        maxBytes: deps.maxUploadBytes(account),
        checksum,
        startedAt,
        firstPartBy: Math.min(expiresAt, startedAt + deps.firstPartSeconds * 1000),
        expiresAt,
        keyId: sender.keyId,
      }
      await admit(upload, sender)
      await sessions.begin(upload)
      return upload
    },

    /** Whether a part may come, before its bytes are read. @throws AppError `upload_not_found`, `upload_finished`, `file_too_large`, `invalid_parameter`. */
    async expect(name: UploadName, path: string, number: number, size: number): Promise<PartsSession> {
      if (number < 1 || number > MAX_PART_NUMBER)
        throw new AppError('invalid_parameter', {
          field: 'partNumber',
          reason: `Part number must be an integer between 1 and ${MAX_PART_NUMBER}.`,
        })
      const session = await sessions.admit(name, number, size)
      demandPath(session, path)
      return session
    },

    /** Stores the bytes of a part that was expected; the last that is stored counts. */
    async put({ upload, deadline }: PartsSession, number: number, { body, size, checksum }: PartBody): Promise<SentPart> {
      const version = randomBase58(VERSION_LENGTH, random)
      const etag = await parts.put(upload, nameOf({ number, version }), body)
      const part: SentPart = { number, version, size, etag, checksum: checksum(), storedAt: clock.now() }
      // The ledger first: an upload that lives longer must count for as long.
      if (deadline < upload.expiresAt) await ledger.prolong(upload.account, upload.uploadId, upload.expiresAt)
      const replaced = await sessions.hold(upload, part).catch(async (thrown: unknown) => {
        // The upload ended meanwhile, and nobody would come for the part before its deadline.
        if (ENDED.includes(AppError.from(thrown).code)) await parts.remove(upload, nameOf(part))
        throw thrown
      })
      if (replaced !== null) await parts.remove(upload, nameOf({ number, version: replaced }))
      return part
    },

    /** Parts after a number. @throws AppError `upload_not_found`. */
    async list(name: UploadName, path: string, after: number, limit: number) {
      const page = await sessions.parts(name, after, limit)
      demandPath(page.session, path)
      return page
    },

    /** Joins the parts. Asked again, the answer is the same. @throws AppError those of `PartUploadSessions.complete`. */
    complete: (name: UploadName, list: readonly ListedPart[], ifAbsent: boolean): Promise<PartsSession> =>
      sessions.complete(name, list, ifAbsent),

    /** Gives an upload up. @throws AppError `upload_not_found`, `upload_finished`, `forbidden`. */
    async abort(name: UploadName, path: string, mayAbort: (upload: PartsUpload) => boolean): Promise<void> {
      const session = await sessions.read(name)
      demandPath(session, path)
      if (!mayAbort(session.upload)) throw new AppError('forbidden', { reason: 'Another key began this upload.' })
      await sessions.abort(name)
    },

    listUploads: ledger.listUploads,
  }
}

export type PartUploads = ReturnType<typeof createPartUploads>
