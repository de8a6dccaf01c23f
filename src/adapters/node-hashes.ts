import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { NewHash } from '../service/files/content/new-hash.ts'
import type { HashStream } from '../service/handles/ports.ts'
import type { VerifyMd5 } from '../service/handles/parts/ports.ts'

/** Node's hashes, since Web Crypto has no SHA-224 and wants the whole file at once. */
export const hashStream: HashStream = async (stream, names) => {
  const hashes = names.map((name) => [name, createHash(name)] as const)
  try {
    for await (const chunk of stream) for (const [, hash] of hashes) hash.update(chunk)
  } catch (cause) {
    throw new AppError('storage_unavailable', { cause, detail: `A stream of the storage broke off: ${String(cause)}` })
  }
  return Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest('hex')]))
}

/** The last chunk waits until the hash of everything is known: who stores the stream sees it end early, and stores nothing. */
export const verifyMd5: VerifyMd5 = (stream, md5) => {
  const hash = createHash('md5')
  let last: Uint8Array | undefined
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        hash.update(chunk)
        if (last) controller.enqueue(last)
        last = chunk
      },
      flush(controller) {
        const received = hash.digest('base64')
        if (received !== md5)
          throw new AppError('invalid_body', { field: 'md5', reason: `Expected bytes with the MD5 ${md5}, received those of ${received}.` })
        if (last) controller.enqueue(last)
      },
    }),
  )
}

export const newHash: NewHash = (name) => createHash(name)
