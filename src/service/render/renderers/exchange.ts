import { AppError } from '../../../errors.ts'
import { createByteReader, type ByteReader } from '../../files/content/byte-reader.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { Clock } from '../../ports.ts'
import type { MemoryLease } from '../memory-budget.ts'
import type { EngineFault } from '../second-opinion.ts'
import type { OnOutcome } from '../run-shared.ts'
import type { Timings } from '../timings.ts'
import type { IsWanted } from '../ticket.ts'
import type { Renderer } from './pool.ts'
import { encodeHead, errorFromWire, readAnswerHead, type AnswerHead, type RenderTask } from './wire.ts'

/** Opens a file in the version that was looked up. @throws AppError `file_changed`, `file_not_found`, `file_too_large`, `storage_unavailable`. */
export type OpenVersion = (account: string, file: SourceFile) => Promise<ReadableStream<Uint8Array>>

/** The renderer has ended, or does not keep to the protocol. */
export class RendererFailed extends Error {}

export interface Exchange {
  readonly task: Omit<RenderTask, 'files'> & { readonly files: readonly SourceFile[] }
  readonly open: (file: SourceFile) => Promise<ReadableStream<Uint8Array>>
  /** Leases memory for a result. */
  readonly hold: (bytes: number) => Promise<MemoryLease>
  readonly clock: Clock
  readonly timings: Timings
  readonly isWanted: IsWanted
  /** Told of each failure of the core. */
  readonly onFault: (fault: EngineFault) => void
}

/** A renderer that says nothing for longer has ended or hangs. */
const SILENCE_MS = 60_000
/** How often is looked whether the exchange is to go on. */
const LOOK_MS = 50
/** Of a file on its way: few pieces, little memory. */
const PIECE_BYTES = 262_144

/**
 * Sends a task with its files, which stream through, and tells each outcome as it comes.
 * @returns the error that no plan alone has, if there is one.
 * @throws RendererFailed; AppError of the files and of the memory, and `abandoned` when nobody wants the work any more; what `onOutcome` throws.
 */
export async function exchange(
  renderer: Renderer,
  { task, open, hold, clock, timings, isWanted, onFault }: Exchange,
  onOutcome: OnOutcome,
): Promise<AppError | undefined> {
  if (!isWanted()) throw new AppError('abandoned')
  const started = clock.now()
  const end = new AbortController()
  const head = encodeHead({ ...task, files: task.files.map(({ path, size }) => ({ path, size })) })
  const size = task.files.reduce((sum, file) => sum + file.size, head.length)
  let unreadable: AppError | undefined
  const write = async (sink: WritableStream<Uint8Array>): Promise<void> => {
    unreadable = await writeTask(sink, head, task.files, open)
  }
  const explain = (thrown: unknown): never => {
    if (thrown instanceof AppError) throw thrown
    throw unreadable ?? new RendererFailed(`${renderer.name}: ${String(thrown)}`, { cause: thrown })
  }
  const patiently = patienceOf(end, clock, isWanted)
  let reader: ByteReader | undefined
  const take = (bytes: number): Promise<Uint8Array> => patiently((reader as ByteReader).take(bytes)).catch(explain) // opened first
  try {
    reader = createByteReader(await patiently(renderer.send(size, write, end.signal)).catch(explain))
    for (;;) {
      const answer: AnswerHead = await patiently(readAnswerHead(reader)).catch(explain)
      if ('end' in answer) {
        addTimings(timings, answer.timings, clock.now() - started)
        for (const note of answer.notes) timings.note(...note)
        return answer.error && (unreadable ?? errorFromWire(answer.error))
      }
      if ('fault' in answer) onFault(answer.fault)
      else if (!(await tell(answer, take, hold, onOutcome))) return undefined
    }
  } finally {
    await reader?.cancel()
    end.abort()
  }
}

async function tell(
  answer: Exclude<AnswerHead, { end: true } | { fault: unknown }>,
  take: (bytes: number) => Promise<Uint8Array>,
  hold: Exchange['hold'],
  onOutcome: OnOutcome,
): Promise<boolean> {
  if ('error' in answer) return onOutcome(answer.plan, errorFromWire(answer.error))
  const { plan, size, mime, engine, warnings, gainMap, quality, later, isLossless } = answer
  const lease = await hold(size)
  try {
    return await onOutcome(plan, { body: await take(size), mime, engine, warnings, gainMap, quality, later, isLossless })
  } finally {
    lease.release()
  }
}

/** Writes all and closes. @returns why a file cannot be read; then the renderer gets a broken body. */
async function writeTask(
  sink: WritableStream<Uint8Array>,
  head: Uint8Array,
  files: readonly SourceFile[],
  open: Exchange['open'],
): Promise<AppError | undefined> {
  const writer = sink.getWriter()
  try {
    await writer.write(head)
    for (const file of files) for await (const piece of piecesOf(file, open)) await writer.write(piece)
    await writer.close()
    return undefined
  } catch (thrown) {
    void writer.abort(thrown).catch(() => undefined) // of a renderer that has gone: this may never end
    return thrown instanceof AppError ? thrown : undefined
  }
}

/**
 * Piece by piece and not by `pipeTo`, which does not tell which of its ends has broken. A piece holds until the next is asked for: all lie in one
 * buffer, since many would be garbage that V8 sees late.
 * @throws AppError of the file.
 */
async function* piecesOf(file: SourceFile, open: Exchange['open']): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(await open(file))
  try {
    let buffer = new ArrayBuffer(Math.min(PIECE_BYTES, file.size))
    for (let at = 0; at < file.size; at += PIECE_BYTES) {
      const piece = await reader.take(Math.min(PIECE_BYTES, file.size - at), buffer).catch((cause: unknown) => {
        throw new AppError('storage_unavailable', { cause, detail: `The storage broke off in ${file.path}.` })
      })
      yield piece
      buffer = piece.buffer
    }
  } finally {
    await reader.cancel()
  }
}

/** What the phases do not account for is the way to the renderer and back. */
function addTimings(timings: Timings, phases: readonly (readonly [string, number])[], wholeMs: number): void {
  for (const [phase, milliseconds] of phases) timings.add(phase, milliseconds)
  timings.add('hop', Math.max(0, wholeMs - phases.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)))
}

/** Waits for the renderer, and ends the exchange when that says nothing for too long, or when nobody wants the work any more. */
function patienceOf(end: AbortController, clock: Clock, isWanted: IsWanted): <T>(waiting: Promise<T>) => Promise<T> {
  return (waiting) => {
    const since = clock.now()
    const given = Promise.withResolvers<never>()
    const look = setInterval(() => {
      const reason = isWanted() ? new Error(`It said nothing for ${SILENCE_MS} ms.`) : new AppError('abandoned')
      if (isWanted() && clock.now() - since < SILENCE_MS) return
      given.reject(reason)
      end.abort(reason)
    }, LOOK_MS)
    return Promise.race([waiting, given.promise]).finally(() => clearInterval(look))
  }
}
