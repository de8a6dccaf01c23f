import { AppError } from '../../../errors.ts'

/** All bytes of a stream that the storage opened. @throws AppError `storage_unavailable` when the stream breaks off. */
export async function readStream(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await new Response(body).arrayBuffer())
  } catch (cause) {
    throw new AppError('storage_unavailable', { cause, detail: `A stream of the storage broke off: ${String(cause)}` })
  }
}
