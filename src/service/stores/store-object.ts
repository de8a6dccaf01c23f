import { AppError } from '../../errors.ts'
import type { FileBody } from '../ports.ts'
import { byteParts } from './byte-parts.ts'
import type { ObjectAbout, ObjectStore, StoredPart } from './object-store.ts'

/** An object of more bytes goes in parts of about so many. */
export const PART_BYTES = 8_388_608

/** Memory for the part that is under way, or `null` while there is none. */
type ReservePart = (bytes: number) => { release(): void } | null

/** The size of the parts: as small as the store's greatest number of parts allows. */
export function partBytesOf(size: number, { partStepBytes, maxParts }: ObjectStore['limits']): number {
  return Math.max(PART_BYTES, Math.ceil(size / maxParts / partStepBytes) * partStepBytes)
}

/**
 * Stores an object as a whole or not at all. It holds one part at a time. When it fails, what was stored of it is given up.
 * @throws AppError `store_failed`, `overloaded` (no memory for a part), `invalid_body` (another length than was said), and what the body throws.
 */
export async function storeObject(
  store: ObjectStore,
  { container, key }: { readonly container: string; readonly key: string },
  body: FileBody,
  about: ObjectAbout,
  reserve: ReservePart,
): Promise<void> {
  if (body instanceof Uint8Array && body.length <= PART_BYTES) return store.put(container, key, body, about)
  const { stream, size } = body instanceof Uint8Array ? { stream: new Blob([body as BufferSource]).stream(), size: body.length } : body
  const partBytes = partBytesOf(size, store.limits)
  const lease = reserve(Math.min(size, partBytes))
  if (!lease) {
    await stream.cancel().catch(() => undefined)
    throw new AppError('overloaded', { detail: `No memory is left for a part of ${partBytes} bytes.` })
  }
  try {
    const parts = byteParts(stream, size, partBytes)
    if (size > partBytes) return await storeParts(store, { container, key }, parts, about)
    let whole: Uint8Array = new Uint8Array()
    for await (const part of parts) whole = part // one part: it ends with the stream
    return await store.put(container, key, whole, about)
  } finally {
    lease.release()
  }
}

async function storeParts(
  store: ObjectStore,
  { container, key }: { readonly container: string; readonly key: string },
  pieces: AsyncGenerator<Uint8Array>,
  about: ObjectAbout,
): Promise<void> {
  const stored: StoredPart[] = []
  try {
    const upload = await store.begin(container, key, about)
    try {
      let at = 0
      for await (const piece of pieces) {
        stored.push(await store.putPart(upload, stored.length + 1, at, piece))
        at += piece.length
      }
      await store.complete(upload, stored)
    } catch (thrown) {
      // The first failure is what the client is told.
      await store.abort(upload, stored).catch(() => undefined)
      throw thrown
    }
  } finally {
    await pieces.return(undefined)
  }
}
