import type { Wait } from '../../service/ports.ts'
import type { ObjectInfo, ObjectStore } from '../../service/stores/object-store.ts'
import { createDropboxCalls, type DropboxSettings } from './dropbox-call.ts'
import { readAnswer, readJson, storeBody, storeFailed } from './exchange.ts'
import { lengthOf, rangeHeader } from './object-headers.ts'

interface Entry {
  readonly '.tag'?: string
  readonly path_display?: string
  readonly rev?: string
  readonly size?: number
  readonly server_modified?: string
}

/** What Dropbox says of failures that have a meaning; anything else of a 409 is a failure of the store. */
interface Refusal {
  readonly error_summary?: string
  readonly error?: { readonly correct_offset?: number; readonly lookup_failed?: { readonly correct_offset?: number } }
}

const MEBIBYTE = 1_048_576
/** Most entries of a page. */
const MAX_PAGE = 2000

/**
 * Dropbox's HTTP API. It keeps neither types nor names of its own nor marks, and takes names that differ in case alone for one. A container is a folder;
 * it comes to be with its first file. An upload cannot be given up: Dropbox forgets it after a week, and until it is finished nobody sees it.
 */
export function createDropboxStore(settings: DropboxSettings, wait: Wait): ObjectStore {
  const { name, root } = settings
  const { api, content } = createDropboxCalls(settings, wait)
  const folderOf = (container: string): string => (container === '' ? root : `${root}/${container}`)
  const pathOf = (container: string, key: string): string => `${folderOf(container)}/${key}`
  const infoOf = (key: string, entry: Entry): ObjectInfo =>
    readAnswer(name, () => {
      const { size, rev, server_modified: modified = '' } = entry
      if (typeof size !== 'number' || typeof rev !== 'string') throw new Error('No size or no version.')
      return { key, size, etag: rev, lastModified: new Date(modified), mime: null, fileName: null, mark: null }
    })

  /** The refusal of a 409. @throws AppError `store_failed` when it does not mean what `expected` names. */
  async function refusal(response: Response, expected: string): Promise<Refusal> {
    const answer = (await readJson(name, response)) as Refusal // every member may be missing
    const summary = String(answer.error_summary).replace(/[/.]+$/, '')
    if (!summary.includes(expected)) throw storeFailed(name, `answered 409 ${summary.replaceAll(/[^\w./-]/g, '').slice(0, 80)}`)
    return answer
  }

  return {
    name,
    canPublish: false,
    limits: { partStepBytes: 4 * MEBIBYTE, maxParts: 100_000 },
    async head(container, key) {
      const response = await api('get_metadata', { path: pathOf(container, key) }, { accept: [409] })
      if (!response.ok) return refusal(response, 'not_found').then(() => null)
      const entry = (await readJson(name, response)) as Entry // checked by infoOf
      return entry['.tag'] === 'file' ? infoOf(key, entry) : null
    },
    async open(container, key, range) {
      const more = { headers: rangeHeader(range), accept: [409], streams: true }
      const response = await content('download', { path: pathOf(container, key) }, more)
      if (!response.ok) return refusal(response, 'not_found').then(() => null)
      const entry = readAnswer(name, () => JSON.parse(response.headers.get('Dropbox-API-Result') ?? '') as Entry) // checked by infoOf
      const info = infoOf(key, entry)
      return { info, body: storeBody(name, response, lengthOf(info, range)) }
    },
    async put(container, key, bytes) {
      await content('upload', { path: pathOf(container, key), mode: 'overwrite', mute: true }, { body: bytes })
    },
    async delete(container, key) {
      const response = await api('delete_v2', { path: pathOf(container, key) }, { accept: [409] })
      if (!response.ok) await refusal(response, 'not_found')
    },
    async list(container, { prefix, limit, from }) {
      const folder = pathOf(container, prefix).replace(/\/[^/]*$/, '')
      const first = { path: folder, recursive: true, limit: Math.min(limit, MAX_PAGE) }
      const response = await (from === undefined
        ? api('list_folder', first, { accept: [409] })
        : api('list_folder/continue', { cursor: from }))
      if (!response.ok) return refusal(response, 'not_found').then(() => ({ objects: [], next: null }))
      const page = (await readJson(name, response)) as {
        readonly entries: readonly Entry[]
        readonly cursor: string
        readonly has_more: boolean
      } // or readAnswer throws
      const start = folderOf(container).length + 1
      const objects = readAnswer(name, () => page.entries.filter((entry) => entry['.tag'] === 'file'))
        .map((entry) => infoOf(String(entry.path_display).slice(start), entry))
        .filter(({ key }) => key.startsWith(prefix))
      return { objects, next: page.has_more ? String(page.cursor) : null }
    },
    async copy(container, from, to) {
      const response = await api('copy_v2', { from_path: pathOf(container, from), to_path: pathOf(container, to) }, { accept: [409] })
      if (!response.ok) await refusal(response, 'from_lookup/not_found')
      return response.ok
    },
    async begin(container, key, about) {
      const response = await content('upload_session/start', { close: false }, { body: new Uint8Array() })
      const { session_id: id } = (await readJson(name, response)) as { readonly session_id?: unknown } // checked on the next line
      if (typeof id !== 'string') throw storeFailed(name, 'began no upload')
      return { container, key, about, id }
    },
    async putPart({ id }, number, at, bytes) {
      const argument = { cursor: { session_id: id, offset: at }, close: false }
      const response = await content('upload_session/append_v2', argument, { body: bytes, accept: [409] })
      if (!response.ok) {
        // The part came, and its answer was lost.
        const { error } = await refusal(response, 'incorrect_offset')
        if (error?.correct_offset !== at + bytes.length) throw storeFailed(name, 'answered 409 incorrect_offset')
      }
      return { number, size: bytes.length, etag: String(at) }
    },
    async complete({ id, container, key }, parts) {
      const offset = parts.reduce((sum, { size }) => sum + size, 0)
      const commit = { path: pathOf(container, key), mode: 'overwrite', mute: true }
      const argument = { cursor: { session_id: id, offset }, commit }
      await content('upload_session/finish', argument, { body: new Uint8Array(), repeat: false })
    },
    abort: () => Promise.resolve(),
  }
}
