import type { Wait } from '../../service/ports.ts'
import type { ObjectAbout, ObjectStore, PartUpload } from '../../service/stores/object-store.ts'
import { type AzureRequest, type AzureSettings, blobUrl, createAzureSigner } from './azure-request.ts'
import { createExchange, type StoreCall, storeBody, storeFailed } from './exchange.ts'
import { dispositionOf, infoOfHeaders, lengthOf, plainEtag, rangeHeader } from './object-headers.ts'
import { elements, leaf } from '../../service/stores/xml.ts'

const MARK = 'x-ms-meta-emulsion'
const COPY_MS = 1000
const MAX_COPY_WAITS = 30

const aboutHeaders = ({ mime, fileName, mark }: ObjectAbout): Record<string, string> => ({
  'x-ms-blob-content-type': mime,
  ...(fileName !== null && { 'x-ms-blob-content-disposition': dispositionOf(fileName) }),
  ...(mark !== null && { [MARK]: mark }),
})

/** Azure Blob Storage: block blobs. Access for everybody is a property of its containers, not of one blob. */
export function createAzureStore(settings: AzureSettings, wait: Wait): ObjectStore {
  const { name } = settings
  const sign = createAzureSigner(settings)
  const exchange = createExchange(name, (body, headers) => headers.get('x-ms-error-code') ?? leaf(body, 'Code'), wait)
  const call = (method: string, container: string, key: string, more: AzureRequest & Pick<StoreCall, 'accept' | 'streams'> = {}) =>
    exchange({ ...more, action: `${method} ${container}/${key}`, request: () => sign(method, container, key, more) })
  /** Joins blocks into a blob. Blocks that were stored for it and are not in the list are dropped. */
  const commit = (
    container: string,
    key: string,
    blocks: readonly string[],
    headers: Record<string, string>,
    accept: readonly number[] = [],
  ) => {
    const list = blocks.map((id) => `<Uncommitted>${id}</Uncommitted>`).join('')
    const body = new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`)
    return call('PUT', container, key, { query: { comp: 'blocklist' }, body, headers, accept })
  }

  async function copied(container: string, key: string, first: Response): Promise<boolean> {
    let status = first.headers.get('x-ms-copy-status')
    for (let waits = 0; status === 'pending' && waits < MAX_COPY_WAITS; waits++) {
      await wait(COPY_MS)
      status = (await call('HEAD', container, key)).headers.get('x-ms-copy-status')
    }
    if (status !== 'success') throw storeFailed(name, `did not finish a copy: ${status}`)
    return true
  }

  return {
    name,
    canPublish: false,
    limits: { partStepBytes: 1, maxParts: 50_000 },
    async head(container, key) {
      const response = await call('HEAD', container, key, { accept: [404] })
      return response.ok ? infoOfHeaders(key, response.headers, MARK) : null
    },
    async open(container, key, range) {
      const wanted = range && { range: rangeHeader(range)['Range'] ?? '' }
      const response = await call('GET', container, key, { headers: { ...wanted }, accept: [404], streams: true })
      if (!response.ok) return null
      const info = infoOfHeaders(key, response.headers, MARK)
      return { info, body: storeBody(name, response, lengthOf(info, range)) }
    },
    async put(container, key, bytes, about) {
      await call('PUT', container, key, { body: bytes, headers: { ...aboutHeaders(about), 'x-ms-blob-type': 'BlockBlob' } })
    },
    async delete(container, key) {
      await call('DELETE', container, key, { accept: [404] })
    },
    async list(container, { prefix, limit, from }) {
      const page = { prefix, maxresults: String(limit), ...(from !== undefined && { marker: from }) }
      const xml = await (await call('GET', container, '', { query: { restype: 'container', comp: 'list', ...page } })).text()
      const objects = elements(xml, 'Blob').map((blob) => ({
        key: leaf(blob, 'Name') ?? '',
        size: Number(leaf(blob, 'Content-Length')),
        etag: plainEtag(leaf(blob, 'Etag')),
        lastModified: new Date(leaf(blob, 'Last-Modified') ?? 0),
      }))
      return { objects, next: leaf(xml, 'NextMarker') }
    },
    async copy(container, from, to) {
      const headers = { 'x-ms-copy-source': blobUrl(settings, container, from).href }
      const response = await call('PUT', container, to, { headers, accept: [404] })
      return response.ok && copied(container, to, response)
    },
    async begin(container, key, about) {
      return { container, key, about, id: crypto.randomUUID() }
    },
    async putPart(upload, number, _, bytes) {
      const blockid = blockId(upload, number)
      await call('PUT', upload.container, upload.key, { query: { comp: 'block', blockid }, body: bytes })
      return { number, size: bytes.length, etag: blockid }
    },
    async complete({ container, key, about }, parts) {
      const blocks = parts.map(({ etag }) => etag)
      await commit(container, key, blocks, aboutHeaders(about))
    },
    /** Azure drops blocks with the next write of their blob, or after a week. Where there is no blob, an empty one that is deleted at once drops them now. */
    async abort({ container, key }) {
      const placed = await commit(container, key, [], { 'if-none-match': '*' }, [409, 412])
      if (!placed.ok) return
      await call('DELETE', container, key, { headers: { 'if-match': placed.headers.get('ETag') ?? '' }, accept: [404, 412] })
    },
  }
}

/** All block ids of a blob have one length. */
const blockId = ({ id }: PartUpload, number: number): string => btoa(`${id}-${String(number).padStart(5, '0')}`)
