import { AppError } from '../../errors.ts'
import { streamOf } from '../files/content/collect-body.ts'
import { growingLease, type Reserve } from '../files/content/growing-lease.ts'
import type { Clock, FileBody, RandomBytes } from '../ports.ts'
import { newHandle } from './handle.ts'
import type { ChunkStore } from './parts/ports.ts'

export interface StageBodyDeps {
  readonly chunks: ChunkStore
  readonly reserve: Reserve
  /** What an account may store as one file. */
  readonly maxUploadBytes: (account: string) => number
  readonly clock: Clock
  readonly random: RandomBytes
}

/** Bytes that are held at a time. A body of no more stays in memory. */
export const STAGED_BYTES = 8 * 1024 * 1024
/** Staged bytes are used at once: older ones have been left by somebody who died. */
const ABANDONED_MS = 3_600_000

const PREFIX = 'staged-'
/** Sorts by time. */
const nameOf = (now: number, random: RandomBytes): string => `${PREFIX}${String(now).padStart(15, '0')}-${newHandle(random)}`

export interface StagedBody {
  readonly body: FileBody
  /** To be called when the body has been stored, or will not be. */
  release(): Promise<void>
}

/** Learns the length of a stream, because storage wants it in advance: what does not fit into a part's memory waits in the chunk store. */
export type StageBody = (stream: ReadableStream<Uint8Array>, account: string) => Promise<StagedBody>

/** The stream fails with AppError `file_too_large`, `overloaded` (no memory for a part), and with what it throws itself; then nothing is left. */
export const createStageBody = ({ chunks, reserve, maxUploadBytes, clock, random }: StageBodyDeps): StageBody =>
  async function stageBody(stream, account) {
    const [id, lease, most] = [nameOf(clock.now(), random), growingLease(reserve), maxUploadBytes(account)]
    const held: Uint8Array[] = []
    const staged: { readonly offset: number; readonly etag: string }[] = []
    let [size, heldBytes] = [0, 0]
    const release = async (): Promise<void> => {
      held.length = 0
      lease.release()
      if (staged.length > 0) await chunks.clear(id, null).catch(() => undefined) // the sweep comes again
    }
    const stage = async (): Promise<void> => {
      const chunk = { offset: staged.length, size: heldBytes }
      staged.push({ offset: chunk.offset, etag: await chunks.put(id, 1, chunk, streamOf(held)) })
      lease.release()
      held.length = heldBytes = 0
    }
    try {
      for await (const bytes of stream) {
        size += bytes.length
        if (size > most) throw new AppError('file_too_large', { reason: `Expected at most ${most} bytes, received more.` })
        heldBytes += bytes.length
        lease.cover(heldBytes)
        held.push(bytes)
        if (heldBytes >= STAGED_BYTES) await stage()
      }
      if (staged.length === 0) return { body: { stream: streamOf(held), size }, release }
      if (heldBytes > 0) await stage()
      return { body: { stream: chunks.open(id, 1, staged), size }, release }
    } catch (thrown) {
      await release()
      throw thrown
    }
  }

/** Frees what was staged by somebody who died. */
export const createStagedSweep =
  ({ chunks, clock }: Pick<StageBodyDeps, 'chunks' | 'clock'>) =>
  (): Promise<void> =>
    chunks.clearNamed(PREFIX, `${PREFIX}${String(clock.now() - ABANDONED_MS).padStart(15, '0')}`)
