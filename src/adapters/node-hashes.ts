import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { HashStream } from '../service/handles/ports.ts'

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
