import { AppError } from '../../../errors.ts'
import type { FileMeta } from '../../ports.ts'
import type { HandleRecord } from '../ports.ts'
import { type Chunk, chooseParts, type HeldPart, type ListedPart } from './choose-parts.ts'

/** What is settled when an upload begins, its handle included: so it is the same however often the end comes. */
export interface UploadInParts {
  readonly uploadId: string
  readonly record: HandleRecord
  readonly meta: FileMeta
  /** Bytes of the whole file. How they are divided the client decides. */
  readonly size: number
  /** The storage's own name of the upload. */
  readonly storageId: string
  /** When the upload ends unless a part has come by then, and when it ends at the latest; milliseconds since the epoch. */
  readonly firstPartBy: number
  readonly expiresAt: number
}

/** open → joining → stored | gone; a joining that finds wrong parts goes back to open. `gone` has no file and will have none. */
export interface Session {
  readonly upload: UploadInParts
  readonly phase: 'open' | 'joining' | 'stored' | 'gone'
  readonly deadline: number
  /** What is being joined; empty before. */
  readonly parts: readonly HeldPart[]
}

export type SessionEvent =
  | ({ readonly type: 'part' } & HeldPart)
  | ({ readonly type: 'chunk'; readonly number: number } & Chunk)
  /** @param listed parts as the client lists them. @param joinsRest whether the others that are held belong to the file as well. */
  | { readonly type: 'complete'; readonly listed: readonly ListedPart[]; readonly joinsRest: boolean }

/** How the joining ended: the file is there with its handle; the storage has not these parts; nothing will come of it. */
export type Joined = 'stored' | 'wrongParts' | 'lost'

export const beginSession = (upload: UploadInParts): Session => ({ upload, phase: 'open', deadline: upload.firstPartBy, parts: [] })

/**
 * One step. Pure; any event may come twice.
 * @param held the parts that are recorded: all of them for `complete`.
 * @throws AppError `upload_finished`, `upload_not_found`, `invalid_parameter`; nothing has changed then.
 */
export function advance(session: Session, event: SessionEvent, held: readonly HeldPart[]): Session {
  const { phase, upload } = session
  if (phase === 'gone') throw new AppError('upload_not_found')
  if (event.type === 'complete') {
    if (phase !== 'open') return session
    return {
      ...session,
      phase: 'joining',
      deadline: upload.expiresAt,
      parts: chooseParts(upload.size, held, event.listed, event.joinsRest),
    }
  }
  demandOpen(session)
  return { ...session, deadline: upload.expiresAt }
}

export function demandOpen({ phase }: Session): void {
  if (phase === 'gone') throw new AppError('upload_not_found')
  if (phase !== 'open') throw new AppError('upload_finished')
}

/** After the joining. */
export function afterJoin(session: Session, joined: Joined): Session {
  if (session.phase !== 'joining') return session
  if (joined === 'wrongParts') return { ...session, phase: 'open', parts: [] }
  return { ...session, phase: joined === 'stored' ? 'stored' : 'gone' }
}

/** Chunks are not worth an object each when they are smaller; SDKs send 32 KiB and more. */
const SMALLEST_CHUNK = 32_768

/** What an upload holds besides the part or chunk in question. */
export interface Held {
  readonly bytes: number
  readonly chunks: number
}

/**
 * What is sent may be sent again in other pieces, but nobody stores much more than the file that was announced.
 * @throws AppError `file_too_large`.
 */
export function demandSpace({ size }: UploadInParts, held: Held, bytes: number): void {
  const mostChunks = 100 + Math.ceil((2 * size) / SMALLEST_CHUNK)
  if (held.bytes + bytes > 2 * size || held.chunks >= mostChunks)
    throw new AppError('file_too_large', {
      reason: `Expected parts of together ${size} bytes in at most ${mostChunks} chunks, as the start has announced.`,
    })
}
