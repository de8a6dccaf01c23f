import { AwsClient } from 'aws4fetch'
import type { Wait } from '../../service/ports.ts'
import type { ObjectAbout, ObjectStore, PartUpload } from '../../service/stores/object-store.ts'
import { createExchange, type StoreCall, storeFailed } from './exchange.ts'
import { encodeKey, encodeText } from '../../service/stores/encode-key.ts'
import { dispositionOf, plainEtag } from './object-headers.ts'
import { readsByHeaders } from './reads.ts'
import { elements, leaf, leaves } from '../../service/stores/xml.ts'

export interface S3Settings {
  readonly name: string
  /** Origin of the store, with a path where it has one. */
  readonly endpoint: string
  readonly region: string
  /** Whether the bucket stands in the path; otherwise in the host. */
  readonly pathStyle: boolean
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

const MARK = 'x-amz-meta-emulsion'

const aboutHeaders = ({ mime, fileName, mark, isPublic }: ObjectAbout): Record<string, string> => ({
  'Content-Type': mime,
  ...(fileName !== null && { 'Content-Disposition': dispositionOf(fileName) }),
  ...(mark !== null && { [MARK]: mark }),
  ...(isPublic && { 'x-amz-acl': 'public-read' }),
})

/** S3's REST API with Signature Version 4, and every store that speaks it (GCS with HMAC keys). */
export function createS3Store(settings: S3Settings, wait: Wait): ObjectStore {
  const { name } = settings
  const exchange = createExchange(name, (body) => leaf(body, 'Code'), wait)
  const signer = createSigner(settings)
  const call = (method: string, container: string, key: string, more: S3Request & Pick<StoreCall, 'accept' | 'repeat' | 'streams'> = {}) =>
    exchange({ ...more, action: `${method} ${container}/${key}`, request: () => signer(method, container, key, more) })
  const uploadQuery = ({ id }: PartUpload): Record<string, string> => ({ uploadId: id })

  return {
    name,
    canPublish: true,
    limits: { partStepBytes: 1, maxParts: 10_000 },
    ...readsByHeaders(name, MARK, call),
    async put(container, key, bytes, about) {
      await call('PUT', container, key, { body: bytes, headers: aboutHeaders(about) })
    },
    async delete(container, key) {
      await call('DELETE', container, key, { accept: [404] })
    },
    async list(container, { prefix, limit, from }) {
      const query = { 'list-type': '2', prefix, 'max-keys': String(limit), ...(from !== undefined && { 'continuation-token': from }) }
      const xml = await (await call('GET', container, '', { query })).text()
      const objects = elements(xml, 'Contents').map((object) => ({
        key: leaf(object, 'Key') ?? '',
        size: Number(leaf(object, 'Size')),
        etag: plainEtag(leaf(object, 'ETag')),
        lastModified: new Date(leaf(object, 'LastModified') ?? 0),
      }))
      return { objects, next: leaf(xml, 'IsTruncated') === 'true' ? leaf(xml, 'NextContinuationToken') : null }
    },
    async copy(container, from, to) {
      const headers = { 'x-amz-copy-source': `/${encodeText(container)}/${encodeKey(from)}` }
      const response = await call('PUT', container, to, { headers, accept: [404] })
      const xml = await response.text()
      if (response.ok && leaf(xml, 'Code') === null) return true
      if (leaf(xml, 'Code') === 'NoSuchKey') return false
      throw storeFailed(name, `answered ${leaf(xml, 'Code') ?? response.status}`)
    },
    async begin(container, key, about) {
      const xml = await (await call('POST', container, key, { query: { uploads: '' }, headers: aboutHeaders(about) })).text()
      const id = leaf(xml, 'UploadId')
      if (id === null) throw storeFailed(name, 'began no upload')
      return { container, key, about, id }
    },
    async putPart(upload, number, _, bytes) {
      const query = { partNumber: String(number), ...uploadQuery(upload) }
      const response = await call('PUT', upload.container, upload.key, { query, body: bytes })
      return { number, size: bytes.length, etag: plainEtag(response.headers.get('ETag')) }
    },
    async complete(upload, parts) {
      const listed = parts.map(({ number, etag }) => leaves('Part', { PartNumber: number, ETag: `"${etag}"` }))
      const body = new TextEncoder().encode(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`)
      const headers = { 'Content-Type': 'application/xml' }
      const response = await call('POST', upload.container, upload.key, { query: uploadQuery(upload), body, headers, repeat: false })
      // The status comes before the parts are joined: an error may stand behind a 200.
      const code = leaf(await response.text(), 'Code')
      if (code !== null) throw storeFailed(name, `answered ${code}`)
    },
    async abort(upload) {
      await call('DELETE', upload.container, upload.key, { query: uploadQuery(upload), accept: [404] })
    },
  }
}

interface S3Request {
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** Signs the bytes too, so that what is damaged on the way is refused. */
function createSigner({ endpoint, pathStyle, ...settings }: S3Settings) {
  const { accessKeyId, secretAccessKey, region, sessionToken } = settings
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    retries: 0,
    ...(sessionToken !== undefined && { sessionToken }),
  })

  return async function sign(method: string, container: string, key: string, { query = {}, headers = {}, body }: S3Request) {
    const url = new URL(endpoint)
    if (!pathStyle) url.host = `${container}.${url.host}`
    const before = url.pathname.replace(/\/$/, '') + (pathStyle ? `/${encodeText(container)}` : '')
    const search = Object.entries(query).map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`)
    const bytes = (body ?? new Uint8Array()) as Uint8Array<ArrayBuffer> // never shared memory
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
    return client.sign(`${url.origin}${before}/${encodeKey(key)}${search.length > 0 ? `?${search.join('&')}` : ''}`, {
      method,
      headers: { ...headers, 'X-Amz-Content-Sha256': hash },
      ...((body || method === 'PUT' || method === 'POST') && { body: bytes }),
    })
  }
}
