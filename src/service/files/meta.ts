import { AppError } from '../../errors.ts'
import type { FileMeta } from '../ports.ts'

/** R2 takes 8,192 bytes of custom metadata. The service's own mark names the path, which takes up to 2,900 bytes in ASCII JSON. */
const MAX_STORED_BYTES = 5000
/** Bytescale's limits (docs/protocols/bytescale.md §5.7). */
const MAX_METADATA_BYTES = 2048
const MAX_TAGS = 25
const MAX_NAME = 255
/** Of `originalFileName`. A UTF-16 code unit takes three bytes of UTF-8 at most. */
export const ORIGINAL_NAME_LIMITS = { characters: MAX_NAME, bytes: 3 * MAX_NAME }
const MIME = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\\u0000-\u001f]*"))*$/

export const isMediaType = (text: string): boolean => text.length >= 3 && text.length <= 255 && MIME.test(text)

/** Answers the metadata unchanged when it may be stored. @throws AppError `invalid_parameter`, naming the field. */
export function checkFileMeta(meta: FileMeta): FileMeta {
  const refuse = (field: string, expected: string, received: string | number) =>
    new AppError('invalid_parameter', { field, reason: `Expected ${expected}, received ${JSON.stringify(received)}.` })
  if (!isMediaType(meta.mime)) throw refuse('mime', 'a media type of 3 to 255 characters', meta.mime.slice(0, 80))
  const name = meta.originalFileName
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (name !== null && (name.length < 1 || name.length > MAX_NAME || /[\u0000-\u001f\u007f]/.test(name) || !name.isWellFormed())) {
    throw refuse('originalFileName', `1 to ${MAX_NAME} characters, none of them a control character`, name.slice(0, 80))
  }
  const bytes = new TextEncoder().encode(JSON.stringify(meta.metadata)).length
  if (bytes > MAX_METADATA_BYTES) throw refuse('metadata', `at most ${MAX_METADATA_BYTES} bytes of JSON`, bytes)
  if (meta.tags.length > MAX_TAGS) throw refuse('tags', `at most ${MAX_TAGS} tags`, meta.tags.length)
  const badTag = meta.tags.find((tag) => tag.length < 1 || tag.length > MAX_NAME)
  if (badTag !== undefined) throw refuse('tags', `tags of 1 to ${MAX_NAME} characters`, badTag.slice(0, 80))
  const stored = asciiJsonLength({ originalFileName: name, metadata: meta.metadata, tags: meta.tags })
  if (stored > MAX_STORED_BYTES)
    throw refuse('tags', `tags, metadata and originalFileName of at most ${MAX_STORED_BYTES} bytes together, as ASCII JSON`, stored)
  return meta
}

/** Bytes of a value as JSON in ASCII: every other UTF-16 code unit becomes six characters. */
function asciiJsonLength(value: object): number {
  const text = JSON.stringify(value)
  return text.length + 5 * (text.match(/[^\u0020-\u007e]/g)?.length ?? 0)
}
