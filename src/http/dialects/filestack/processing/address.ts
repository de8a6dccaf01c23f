import { AppError } from '../../../../errors.ts'
import { fromBase64 } from '../../../hmac.ts'
import { parseJson } from '../../../parse-json.ts'
import { readTask, readTaskObjects, type Task, type Value } from './task-text.ts'

/** What a processing URL says: which tasks are done to which source. */
export interface Address {
  readonly key: string | undefined
  readonly tasks: readonly Task[]
  readonly source: SourceName
  /** Asked for by `/{handle}/metadata`. */
  readonly isMetadata: boolean
}

export type SourceName =
  | { readonly kind: 'handle'; readonly handle: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'alias'; readonly alias: string }

/** The time of the tasks grows with these. */
export const MOST_TASKS = 20
const MOST_CHARACTERS = 16_384

const malformed = (expected: string, received: string): AppError =>
  new AppError('invalid_parameter', { reason: `Expected ${expected}, received ${JSON.stringify(received.slice(0, 100))}.` })

/**
 * Reads the path of a processing URL, `[/cdn][/{key}]/{task}/…/{source}` (docs/protocols/filestack.md §7).
 * @param path percent-encoded, as it was sent.
 * @param search with its question mark: it belongs to an external source.
 * @param isKey tells the key of an app from a task.
 * @param isTask tells a task without arguments from a key that nobody has.
 * @throws AppError `invalid_parameter`, `unauthorized`.
 */
export function readAddress(path: string, search: string, isKey: (text: string) => boolean, isTask: (text: string) => boolean): Address {
  if (path.length + search.length > MOST_CHARACTERS) throw malformed(`a URL of at most ${MOST_CHARACTERS} characters`, path)
  let rest = path.replace(/^\/cdn(?=\/)/, '').slice(1)
  const [first = ''] = rest.split('/', 1)
  const key = isKey(first) ? first : undefined
  if (key !== undefined) rest = rest.slice(key.length + 1)
  else if (/^[\w-]+\//.test(rest) && first !== 'b64' && !isTask(first) && !isMetadataOf(rest)) throw unknownKey(first)
  const tasks: Task[] = []
  const isMetadata = isMetadataOf(rest)
  if (isMetadata) rest = rest.slice(0, 20)
  while (!isSource(rest)) {
    const [segment, after] = cut(rest)
    rest = after
    if (segment === 'b64') {
      const [payload, behind] = cut(rest)
      rest = behind
      tasks.push(...readTaskObjects(readJson(payload), MOST_TASKS))
    } else tasks.push(readTask(decode(segment)))
    if (tasks.length > MOST_TASKS) throw malformed(`at most ${MOST_TASKS} tasks`, String(tasks.length))
  }
  const text = decodeOuter(rest)
  if (text.startsWith('[')) return { key, isMetadata, ...spreadList(tasks, text) }
  return { key, tasks, source: readSource(rest, search), isMetadata }
}

/** The same of tasks that come as data, and a source that stands there as it is. @throws AppError `invalid_parameter`. */
export function nameAddress(key: string, tasks: unknown, source: string): Address {
  if (source.length > MOST_CHARACTERS) throw malformed(`a source of at most ${MOST_CHARACTERS} characters`, source)
  return { key, tasks: readTaskObjects(tasks, MOST_TASKS), source: nameSource(source, ''), isMetadata: false }
}

/** A list of files is the source and the further files of a collage. One file in a list is the source of any task. @throws AppError `invalid_parameter`. */
function spreadList(tasks: readonly Task[], list: string): Pick<Address, 'tasks' | 'source'> {
  const [names] = readTask(`files=${list}`).items
  const [first, ...others] = Array.isArray(names) ? (names as readonly Value[]) : []
  if (typeof first !== 'string' || first === '') throw malformed('a list of files as [a,b]', list)
  const source = nameSource(first, '')
  if (others.length === 0) return { tasks, source }
  if (!tasks.some(({ name }) => name === 'collage')) throw malformed('one source, or a collage of several', list)
  const withFiles = (task: Task): Task => (task.name === 'collage' ? { ...task, params: [...task.params, ['files', others]] } : task)
  return { tasks: tasks.map(withFiles), source }
}

const isMetadataOf = (rest: string): boolean => /^[A-Za-z0-9]{20}\/metadata$/.test(rest)

/** For a first segment that is no task and no key of an app. */
export const unknownKey = (text: string): AppError =>
  new AppError('unauthorized', { reason: `No app has this key, and no task this name: ${JSON.stringify(text.slice(0, 100))}.` })

/** The last segment is the source, and so is what looks like an address or a list. */
const isSource = (rest: string): boolean => !rest.includes('/') || /^(https?|src|b64)(:|%3A)|^("|%22|\[|%5B)/i.test(rest)

/** Cuts the first segment off. A slash between quotation marks belongs to it. */
function cut(rest: string): readonly [segment: string, after: string] {
  const [segment = rest] = /^(?:(?:"|%22).*?(?:"|%22)|[^/])*/s.exec(rest) ?? []
  return [segment, rest.slice(segment.length + 1)]
}

function readSource(rest: string, search: string): SourceName {
  // The SDK quotes an address with its query, so that the second quotation mark stands in the query of the request.
  const quoted = /^(?:"|%22)(.*)(?:"|%22)$/s.exec(rest + search)?.[1]
  if (quoted !== undefined) return nameSource(decodeOuter(quoted), '')
  const text = decodeOuter(rest)
  const base64 = /^b64:\/\/?(.*)$/s.exec(text)?.[1]
  return base64 === undefined ? nameSource(text, search) : nameSource(decodeBase64(base64), '')
}

function nameSource(text: string, search: string): SourceName {
  // A proxy on the way may have made one slash of two.
  const [, scheme, address] = /^(https?):\/{1,2}(?=[^/])(.*)$/is.exec(text) ?? []
  if (scheme !== undefined) return { kind: 'url', url: `${scheme}://${address ?? ''}${search}` }
  if (text.startsWith('src://')) return { kind: 'alias', alias: text.slice('src://'.length) }
  return { kind: 'handle', handle: text }
}

/** An address that was escaped as a whole is unescaped; one that stands there as it is keeps the escapes of its own. */
const decodeOuter = (rest: string): string => (/^https?:\//i.test(rest) ? rest : decode(rest))

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('percent-encoded UTF-8', text)
  }
}

function decodeBase64(text: string): string {
  const bytes = fromBase64(decode(text))
  try {
    if (bytes) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // It is no UTF-8.
  }
  throw malformed('base64 of UTF-8', text)
}

function readJson(payload: string): unknown {
  try {
    return parseJson(decodeBase64(payload), { depth: 8, values: 2000 })
  } catch (cause) {
    throw new AppError('invalid_parameter', { field: 'b64', reason: 'Expected base64 of a JSON list of tasks.', cause })
  }
}
