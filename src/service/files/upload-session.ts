import type { ErrorCode } from '../../errors.ts'
import type { FileMeta } from '../ports.ts'
import { pathTaken } from './path.ts'

/** Everything that is settled when a multipart upload begins. */
export interface PendingUpload {
  readonly account: string
  readonly uploadId: string
  readonly path: string
  readonly meta: FileMeta
  /** Bytes of the whole file; all parts but the last have `partSize`. */
  readonly size: number
  readonly partSize: number
  readonly partCount: number
  /** The storage's own name of the upload. */
  readonly storageId: string
  /** The file may only come into being while nothing is at its path. */
  readonly exclusive: boolean
  /** Protocol 1.0 with one part: the file exists as soon as that part is stored (docs/protocols/bytescale.md §5.2). */
  readonly endsWithItsPart: boolean
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** When the upload ends unless a part has come by then. */
  readonly firstPartBy: number
  readonly expiresAt: number
  /** The key that began it. */
  readonly keyId: string
}

/**
 * open → finishing → finished | refused, and from open or finishing → expired. The last three are final.
 * `refused`: the path was taken by the time the last part came.
 */
export type UploadPhase = 'open' | 'finishing' | 'finished' | 'refused' | 'expired'

export interface UploadSession {
  readonly upload: PendingUpload
  readonly phase: UploadPhase
  /** When the upload ends by itself: early while no part has come. */
  readonly deadline: number
  /** Invariant: the number of parts that are completed. */
  readonly completedParts: number
  /** Of the finished file. */
  readonly etag: string | null
}

export interface PartState {
  readonly index: number
  /** Of the part as the storage holds it. */
  readonly etag: string
  readonly completed: boolean
}

export type UploadEvent =
  /** The bytes of a part are in the storage. */
  | { readonly type: 'stored'; readonly index: number; readonly etag: string }
  /** The client says that a part is done. */
  | { readonly type: 'completed'; readonly index: number; readonly etag: string }
  /** Somebody asks again for what was ordered: a client that sends a part again, or the alarm. */
  | { readonly type: 'resumed' }
  | { readonly type: 'finished'; readonly etag: string }
  | { readonly type: 'refused' }
  /** The client gives the upload up. */
  | { readonly type: 'aborted' }
  | { readonly type: 'deadline' }

/** `finish`: join the parts into the file. `abort`: free the parts. `forget`: drop the session's own record. */
export type UploadEffect = 'finish' | 'abort' | 'forget' | null

export interface UploadStep {
  readonly session: UploadSession
  /** The part's new state, when it changed. */
  readonly part?: PartState
  readonly effect: UploadEffect
  /** The event was not allowed; nothing changed. */
  readonly error?: { readonly code: ErrorCode; readonly field?: string | undefined; readonly reason?: string | undefined }
}

export const beginSession = (upload: PendingUpload): UploadSession => ({
  upload,
  phase: 'open',
  deadline: upload.firstPartBy,
  completedParts: 0,
  etag: null,
})

/** One step of an upload. Pure and total; `part` is the recorded state of the part that the event is about. Any event may come twice. */
export function advance(session: UploadSession, part: PartState | null, event: UploadEvent): UploadStep {
  switch (event.type) {
    case 'stored':
      return onStored(session, part, event)
    case 'completed':
      return onCompleted(session, part, event)
    case 'resumed':
      return onResumed(session)
    case 'finished':
      return session.phase === 'finishing'
        ? { session: { ...session, phase: 'finished', etag: event.etag }, effect: null }
        : unchanged(session)
    case 'refused':
      return session.phase === 'finishing' ? { session: { ...session, phase: 'refused' }, effect: 'abort' } : unchanged(session)
    case 'aborted':
      return onAborted(session)
    case 'deadline':
      // Again after an abort that failed.
      return hasOutcome(session.phase) ? unchanged(session, 'forget') : { session: { ...session, phase: 'expired' }, effect: 'abort' }
  }
}

/** Bytes of part `index`; the last part has what is left, and the one part of an empty file nothing. */
export function partRange({ size, partSize, partCount }: PendingUpload, index: number): { readonly start: number; readonly end: number } {
  return { start: index * partSize, end: index === partCount - 1 ? size : (index + 1) * partSize }
}

function onStored(
  session: UploadSession,
  part: PartState | null,
  { index, etag }: { readonly index: number; readonly etag: string },
): UploadStep {
  if (session.phase !== 'open') return refusal(session)
  const { upload } = session
  // The same bytes again change nothing; other bytes replace the part, so a completion of the former ones no longer counts.
  const completed = upload.endsWithItsPart || (part?.completed === true && part.etag === etag)
  const next = counted({ ...session, deadline: upload.expiresAt }, part, completed)
  return { ...ended(next), part: { index, etag, completed } }
}

function onCompleted(
  session: UploadSession,
  part: PartState | null,
  { index, etag }: { readonly index: number; readonly etag: string },
): UploadStep {
  if (session.phase === 'finished') return unchanged(session)
  if (session.phase === 'finishing') return unchanged(session, 'finish')
  if (session.phase !== 'open') return refusal(session)
  if (part?.etag !== etag) {
    const reason = part
      ? 'Expected the ETag of the part as it was stored last.'
      : `Expected part ${index} to be stored before it is completed.`
    return { ...unchanged(session), error: { code: 'invalid_parameter', field: 'etag', reason } }
  }
  return { ...ended(counted(session, part, true)), part: { ...part, completed: true } }
}

/** Only an open upload can be given up. One that has ended without a file has nothing left to give up. */
function onAborted(session: UploadSession): UploadStep {
  if (session.phase === 'open') return { session: { ...session, phase: 'expired' }, effect: 'abort' }
  const isJoined = session.phase === 'finishing' || session.phase === 'finished'
  return isJoined ? { ...unchanged(session), error: { code: 'upload_finished' } } : unchanged(session)
}

/** The joining failed or got lost on the way: once more. An upload that ended as it should changes no more. */
function onResumed(session: UploadSession): UploadStep {
  if (session.phase === 'finishing') return unchanged(session, 'finish')
  return session.phase === 'open' || session.phase === 'finished' ? unchanged(session) : refusal(session)
}

/** Whether a part that is sent again is a repetition, which only needs its answer: its bytes are those of the file already. */
export const isRepetition = ({ phase, upload }: UploadSession): boolean =>
  phase === 'finishing' || (phase === 'finished' && upload.endsWithItsPart)

const counted = (session: UploadSession, before: PartState | null, completed: boolean): UploadSession => ({
  ...session,
  completedParts: session.completedParts + Number(completed) - Number(before?.completed ?? false),
})

/** The last completed part ends the upload. */
const ended = (session: UploadSession): UploadStep =>
  session.completedParts === session.upload.partCount
    ? { session: { ...session, phase: 'finishing' }, effect: 'finish' }
    : unchanged(session)

const unchanged = (session: UploadSession, effect: UploadEffect = null): UploadStep => ({ session, effect })

/** An expired upload has none: its parts may still have to be freed. */
const hasOutcome = (phase: UploadPhase): boolean => phase === 'finished' || phase === 'refused'

/** Why an upload takes nothing more. */
function refusal(session: UploadSession): UploadStep {
  if (session.phase === 'refused') return { ...unchanged(session), error: pathTaken(session.upload.path) }
  return { ...unchanged(session), error: { code: session.phase === 'expired' ? 'upload_not_found' : 'upload_finished' } }
}
