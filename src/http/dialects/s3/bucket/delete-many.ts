import { AppError } from '../../../../errors.ts'
import { demand } from '../../../../service/access/access.ts'
import type { Call, S3Deps } from '../call.ts'
import { codeOf, refuse } from '../codes.ts'
import { keyOfPath, pathOfKey } from '../keys.ts'
import { messageOf } from '../render-error.ts'
import { readSmallXml } from '../xml/body.ts'
import { childText, type XmlElement } from '../xml/read.ts'
import { answerXml } from '../xml/write.ts'

const MAX_BYTES = 2_000_000
const MAX_KEYS = 1000
/** Purges at the same time: each is some calls of the storage. */
const AT_ONCE = 16

interface Failure {
  readonly Key: string
  readonly Code: string
  readonly Message: string
}

/** DeleteObjects: each key succeeds or fails by itself, and the answer is 200. */
export async function answerDeleteMany(call: Call, deps: S3Deps): Promise<Response> {
  const { account } = call
  const root = await readSmallXml(call, MAX_BYTES, deps)
  const keys = root.children.filter(({ name }) => name === 'Object').map((object) => keyOf(object))
  if (root.name !== 'Delete' || keys.length < 1 || keys.length > MAX_KEYS)
    throw refuse('MalformedXML', `Expected a Delete with 1 to ${MAX_KEYS} objects, received ${keys.length}.`)
  const checked = keys.map((key) => check(call, key))
  const paths = [...new Set(checked.flatMap((outcome) => (typeof outcome === 'string' ? outcome : [])))]
  await deps.files.delete(account, paths)
  for (let i = 0; i < paths.length; i += AT_ONCE) await Promise.all(paths.slice(i, i + AT_ONCE).map((path) => deps.removed(account, path)))
  const isQuiet = childText(root, 'Quiet') === 'true'
  return answerXml('DeleteResult', {
    Deleted: isQuiet ? [] : paths.map((path) => ({ Key: keyOfPath(path) })),
    Error: checked.flatMap((outcome) => (typeof outcome === 'string' ? [] : { ...outcome })),
  })
}

function keyOf(object: XmlElement): string {
  const key = childText(object, 'Key')
  const version = childText(object, 'VersionId') ?? 'null'
  if (key === undefined || key === '') throw refuse('MalformedXML', 'An object has no key.')
  if (version !== 'null') throw refuse('NotImplemented', 'Files have no versions.')
  return key
}

/** The path to delete, or why not. */
function check({ caller }: Call, key: string): string | Failure {
  try {
    const path = pathOfKey(key)
    demand(caller, 'deleteFile', path)
    return path
  } catch (thrown) {
    const error = AppError.from(thrown)
    return { Key: key, Code: codeOf(error), Message: messageOf(error) }
  }
}
