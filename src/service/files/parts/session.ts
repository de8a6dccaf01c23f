import { AppError } from '../../../errors.ts'
import type { FileMeta } from '../../ports.ts'
import { pathTaken } from '../path.ts'

/** What is settled when an upload begins whose parts the client makes as it likes and lists at the end. */
export interface PartsUpload {
  readonly account: string
  readonly uploadId: string
  readonly path: string
  /** The type as the client tells it: the first part's bytes may know better. */
  readonly meta: Omit<FileMeta, 'mime'> & { readonly mime: string | null }
  /** The file may only come into being while nothing is at its path. */
  readonly exclusive: boolean
  /** Of all parts together. */
  readonly maxBytes: number
  /** The checksum that parts have, in the dialect's words. */
  readonly checksum: PartChecksum | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** When the upload ends unless a part has come by then. */
  readonly firstPartBy: number
  readonly expiresAt: number
  /** The key that began it. */
  readonly keyId: string
}

export interface PartChecksum {
  readonly name: string
  /** Whether the file's own is one of all its bytes, not of its parts' checksums. */
  readonly isOfAllBytes: boolean
}

/** A part that is stored. */
export interface SentPart {
  /** 1 to 10,000. */
  readonly number: number
  /** Of its object: a part that comes again is another object. */
  readonly version: string
  readonly size: number
  /** MD5 in hexadecimal digits. */
  readonly etag: string
  readonly checksum: string | null
  readonly storedAt: number
}

/** A part as the client lists it. */
export type ListedPart = Pick<SentPart, 'number' | 'etag'> & { readonly checksum?: string | undefined }

/**
 * open → joining → stored | refused; a joining that finds wrong parts, or a path taken that was wished to be free, goes back to open. `refused`: the path
 * was taken by then. `gone`: given up or expired.
 */
export interface PartsSession {
  readonly upload: PartsUpload
  readonly phase: 'open' | 'joining' | 'stored' | 'refused' | 'gone'
  readonly deadline: number
  /** Whether the client wants the file only where none is; it is told when the parts are listed. */
  readonly ifAbsent: boolean
  /** The joining that has begun. */
  readonly joining: BegunJoining | null
  /** Of the file. */
  readonly etag: string | null
}

/** The storage's own name of a joining, and the type under which the file is stored. */
export interface BegunJoining {
  readonly storageId: string
  readonly mime: string
}

export const MAX_PART_NUMBER = 10_000
/** Of all parts but the last. */
export const MIN_PART_BYTES = 5 * 1024 * 1024

export const beginSession = (upload: PartsUpload): PartsSession => ({
  upload,
  phase: 'open',
  deadline: upload.firstPartBy,
  ifAbsent: false,
  joining: null,
  etag: null,
})

/** @throws AppError `upload_not_found`, `upload_finished`. */
export function demandOpen({ phase }: PartsSession): void {
  if (phase === 'open') return
  throw new AppError(phase === 'gone' || phase === 'refused' ? 'upload_not_found' : 'upload_finished')
}

/**
 * Whether a part may come.
 * @param heldBytes of the other parts.
 * @throws AppError `file_too_large`, and those of `demandOpen`.
 */
export function demandSpace(session: PartsSession, heldBytes: number, size: number): void {
  demandOpen(session)
  const { maxBytes } = session.upload
  if (heldBytes + size > maxBytes)
    throw new AppError('file_too_large', { reason: `Expected parts of together at most ${maxBytes} bytes, received ${heldBytes + size}.` })
}

/** The parts are listed: they are joined from now on. @throws AppError `upload_not_found`; `forbidden` again, when the path was taken. */
export function listed(session: PartsSession, ifAbsent: boolean): PartsSession {
  const { phase, upload } = session
  if (phase === 'gone') throw new AppError('upload_not_found')
  if (phase === 'refused') throw pathTaken(upload.path)
  return phase === 'open' ? { ...session, phase: 'joining', deadline: upload.expiresAt, ifAbsent } : session
}

/** How a joining ended: the file is there; its path is taken; the storage has not these parts; it has been, and was deleted since. */
export type JoinedParts = { readonly etag: string } | 'taken' | 'wrongParts' | 'lost'

/** After the joining. */
export function afterJoin(session: PartsSession, joined: JoinedParts): PartsSession {
  if (session.phase !== 'joining') return session
  if (typeof joined !== 'string') return { ...session, phase: 'stored', etag: joined.etag }
  if (joined === 'lost') return { ...session, phase: 'gone' }
  if (joined === 'taken' && session.upload.exclusive) return { ...session, phase: 'refused', joining: null }
  return { ...session, phase: 'open', ifAbsent: false, joining: null }
}
