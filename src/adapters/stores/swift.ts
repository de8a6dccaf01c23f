import type { Wait } from '../../service/ports.ts'
import type { ObjectAbout, ObjectStore, PartUpload } from '../../service/stores/object-store.ts'
import { readAnswer, readJson, storeFailed } from './exchange.ts'
import { encodeKey, encodeText } from '../../service/stores/encode-key.ts'
import { dispositionOf, plainEtag } from './object-headers.ts'
import { readsByHeaders } from './reads.ts'
import { createSwiftCall, type SwiftCall } from './swift-call.ts'
import type { SwiftSettings } from './swift-login.ts'

const MARK = 'X-Object-Meta-Emulsion'
/** A page of a listing. */
const PAGE = 10_000

interface ListedObject {
  readonly name: string
  readonly bytes: number
  readonly hash: string
  /** Without a time zone: UTC. */
  readonly last_modified: string
}

const aboutHeaders = ({ mime, fileName, mark }: ObjectAbout): Record<string, string> => ({
  'Content-Type': mime,
  ...(fileName !== null && { 'Content-Disposition': dispositionOf(fileName) }),
  ...(mark !== null && { [MARK]: mark }),
})

/**
 * OpenStack Swift. An object in parts is a static large object: a manifest in the container, and its segments in `<container>_segments`, below
 * `<key>/<upload>/`. Access for everybody is a property of the containers.
 */
export function createSwiftStore(settings: SwiftSettings, wait: Wait): ObjectStore {
  const { name } = settings
  const call = createSwiftCall(settings, wait)
  const { segmentsOf, deleteSegments } = segments(name, call)

  /** Writes an object and then deletes the segments of the one that was there. */
  async function replace(container: string, key: string, write: () => Promise<unknown>): Promise<void> {
    const before = await segmentsOf(container, key)
    await write()
    await deleteSegments(before)
  }

  return {
    name,
    canPublish: false,
    limits: { partStepBytes: 1, maxParts: 1000 },
    ...readsByHeaders(name, MARK, call),
    put: (container, key, bytes, about) =>
      replace(container, key, () => call('PUT', container, key, { body: bytes, headers: aboutHeaders(about) })),
    async delete(container, key) {
      const { headers, ok } = await call('HEAD', container, key, { accept: [404] })
      if (!ok) return
      if (!isLarge(headers)) return void (await call('DELETE', container, key, { accept: [404] }))
      const query = { 'multipart-manifest': 'delete' }
      const response = await call('DELETE', container, key, { query, headers: { Accept: 'application/json' }, accept: [404] })
      if (response.ok) checkBulk(name, await response.text())
    },
    async list(container, { prefix, limit, from }) {
      const query = { format: 'json', prefix, limit: String(limit), ...(from !== undefined && { marker: from }) }
      const listed = await listedIn(name, await call('GET', container, '', { query }))
      const objects = listed.map((object) => ({
        key: object.name,
        size: object.bytes,
        etag: plainEtag(object.hash),
        lastModified: new Date(`${object.last_modified}Z`),
      }))
      return { objects, next: listed.length < limit ? null : (listed.at(-1)?.name ?? null) }
    },
    async copy(container, from, to) {
      let found = false
      const headers = { 'X-Copy-From': `/${encodeText(container)}/${encodeKey(from)}` }
      await replace(container, to, async () => {
        found = (await call('PUT', container, to, { headers, body: new Uint8Array(), accept: [404] })).ok
        if (!found) throw new NotThere()
      }).catch((thrown: unknown) => {
        if (!(thrown instanceof NotThere)) throw thrown
      })
      return found
    },
    async begin(container, key, about) {
      await call('HEAD', container, '')
      await call('PUT', segmentContainer(container), '', { body: new Uint8Array() })
      return { container, key, about, id: crypto.randomUUID() }
    },
    async putPart(upload, number, _, bytes) {
      const segment = segmentFolder(upload) + String(number).padStart(4, '0')
      const response = await call('PUT', segmentContainer(upload.container), segment, { body: bytes })
      return { number, size: bytes.length, etag: plainEtag(response.headers.get('ETag')) }
    },
    async complete(upload, parts) {
      const { container, key, about } = upload
      const manifest = parts.map(({ number, size, etag }) => ({
        path: `/${segmentContainer(container)}/${segmentFolder(upload)}${String(number).padStart(4, '0')}`,
        size_bytes: size,
        etag,
      }))
      const body = new TextEncoder().encode(JSON.stringify(manifest))
      const query = { 'multipart-manifest': 'put' }
      await replace(container, key, () => call('PUT', container, key, { query, body, headers: aboutHeaders(about) }))
    },
    /** Also deletes a part whose answer was lost. */
    async abort(upload) {
      const container = segmentContainer(upload.container)
      const query = { format: 'json', prefix: segmentFolder(upload), limit: String(PAGE) }
      const response = await call('GET', container, '', { query, accept: [404] })
      const listed = response.ok ? await listedIn(name, response) : []
      await deleteSegments(listed.map((segment) => ({ container, key: segment.name })))
    },
  }
}

/** There is nothing to copy. */
class NotThere extends Error {}

const segmentContainer = (container: string): string => `${container}_segments`
const segmentFolder = ({ key, id }: PartUpload): string => `${key}/${id}/`
const isLarge = (headers: Headers): boolean => headers.get('X-Static-Large-Object')?.toLowerCase() === 'true'

/** A list of objects, or of a manifest's segments, as JSON. */
async function listedIn(store: string, response: Response): Promise<readonly ListedObject[]> {
  const json = await readJson(store, response)
  return readAnswer(store, () =>
    (json as readonly ListedObject[]).map(({ name, bytes, hash, last_modified }) => ({
      name: String(name),
      bytes: Number(bytes),
      hash: String(hash),
      last_modified: String(last_modified),
    })),
  )
}

interface Segment {
  readonly container: string
  readonly key: string
}

function segments(store: string, call: SwiftCall) {
  return {
    /** The segments of the object that is there now. */
    async segmentsOf(container: string, key: string): Promise<readonly Segment[]> {
      const { ok, headers } = await call('HEAD', container, key, { accept: [404] })
      if (!ok || !isLarge(headers)) return []
      const response = await call('GET', container, key, { query: { 'multipart-manifest': 'get' }, accept: [404] })
      const manifest = response.ok ? await listedIn(store, response) : []
      return manifest.flatMap(({ name }) => {
        const [, at = '', segment = ''] = /^\/([^/]+)\/(.+)$/.exec(name) ?? []
        // Others may have made objects of segments that belong to them: only ours are deleted with their object.
        return at === segmentContainer(container) && segment.startsWith(`${key}/`) ? [{ container: at, key: segment }] : []
      })
    },
    async deleteSegments(doomed: readonly Segment[]): Promise<void> {
      for (const { container, key } of doomed) await call('DELETE', container, key, { accept: [404] })
    },
  }
}

/** An answer to a deletion in bulk has its outcome in the body. @throws AppError `store_failed`. */
function checkBulk(store: string, body: string): void {
  let status = ''
  try {
    status = (JSON.parse(body) as Record<string, string>)['Response Status'] ?? '' // of Swift's bulk middleware
  } catch (cause) {
    throw storeFailed(store, 'did not tell what it deleted', undefined, cause)
  }
  if (!/^(2|404)/.test(status)) throw storeFailed(store, `answered ${status.slice(0, 3)} to a deletion`)
}
