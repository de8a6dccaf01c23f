import { signPolicy } from '../../../support/filestack-policy.ts'
import { OPEN } from '../../support/filestack.ts'
import type { Shape } from './answer.ts'

/** One way to reach a route, as it should be. `{h}` stands for a handle. */
export interface Call {
  readonly name: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** A JSON body, or a file. */
  readonly body?: object | string
  readonly shape: Shape
  /** The methods that the path has. */
  readonly methods: readonly string[]
}

const key = OPEN.key
const owned = (): Record<string, string> => ({ ...signPolicy({ expiry: Math.floor(Date.now() / 1000) + 3600 }, OPEN.secret) })
const json = { apikey: key, uri: '/default/a.txt', region: 'auto', upload_id: 'A'.repeat(40), store: { location: 's3' } }
const api = (call: Omit<Call, 'shape' | 'query'> & { readonly query?: Call['query'] }): Call => ({ query: {}, ...call, shape: 'api' })
const picture = (path: string, name = path): Call => ({
  name,
  method: 'GET',
  path,
  query: owned(),
  shape: 'processing',
  methods: ['GET', 'HEAD'],
})

/** Calls of files by handle. */
export const FILE_CALLS: readonly Call[] = [
  api({
    name: 'read',
    method: 'GET',
    path: '/api/file/{h}',
    query: { ...owned(), dl: 'true', cache: 'true' },
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  }),
  api({ name: 'head', method: 'HEAD', path: '/api/file/{h}', query: owned(), methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] }),
  api({
    name: 'stat',
    method: 'GET',
    path: '/api/file/{h}/metadata',
    query: { ...owned(), width: 'true', md5: 'true' },
    methods: ['GET', 'HEAD'],
  }),
  api({
    name: 'overwrite',
    method: 'POST',
    path: '/api/file/{h}',
    query: { ...owned(), filename: 'b.txt', mimetype: 'text/plain', base64decode: 'false' },
    body: 'abc',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  }),
  api({
    name: 'delete',
    method: 'DELETE',
    path: '/api/file/{h}',
    query: { ...owned(), key, skip_storage: 'false' },
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  }),
  api({
    name: 'remove',
    method: 'POST',
    path: '/api/file/{h}/remove',
    query: { ...owned(), key, skip_storage: 'false' },
    methods: ['POST'],
  }),
  picture('/{h}'),
  picture('/cdn/{h}'),
  picture('/{h}/metadata'),
  picture(`/${key}/{h}`, 'the key in front'),
  picture('/resize=width:9/{h}'),
  picture('/imagesize/{h}'),
  picture('/metadata=[size]/{h}'),
]

/** Calls that store. */
export const STORE_CALLS: readonly Call[] = ['/api/store', '/api/store/S3', '/store/S3', `/store/S3/${'A'.repeat(20)}`].map((path) =>
  api({
    name: `store by ${path}`,
    method: 'POST',
    path,
    query: {
      ...owned(),
      key,
      filename: 'a.txt',
      mimetype: 'text/plain',
      path: 'sweep/',
      container: 'default',
      access: 'private',
      base64decode: 'false',
      disableStorageKey: 'false',
    },
    body: 'abc',
    methods: path.startsWith('/store') ? ['GET', 'HEAD', 'POST'] : ['POST'],
  }),
)

/** Calls whose body is JSON. */
export const JSON_CALLS: readonly Call[] = [
  api({
    name: 'start',
    method: 'POST',
    path: '/multipart/start',
    body: {
      apikey: key,
      ...owned(),
      filename: 'a.txt',
      mimetype: 'text/plain',
      size: 5,
      fii: false,
      store: {
        location: 's3',
        path: 'a/',
        container: 'default',
        access: 'private',
        disableStorageKey: false,
        base64decode: false,
        region: 'auto',
      },
    },
    methods: ['POST'],
  }),
  api({
    name: 'part',
    method: 'POST',
    path: '/multipart/upload',
    body: { ...json, part: 1, size: 5, md5: 'A'.repeat(22) + '==', offset: 0, fii: true },
    methods: ['POST'],
  }),
  api({ name: 'commit', method: 'POST', path: '/multipart/commit', body: { ...json, part: 1, size: 5, fii: true }, methods: ['POST'] }),
  api({
    name: 'complete',
    method: 'POST',
    path: '/multipart/complete',
    body: { ...json, size: 5, filename: 'a.txt', mimetype: 'text/plain', parts: [{ part_number: 1, etag: '"a"' }] },
    methods: ['POST'],
  }),
  api({
    name: 'process',
    method: 'POST',
    path: '/process',
    body: {
      apikey: key,
      sources: [{ source: 'Z'.repeat(20), headers: { Accept: 'image/png' } }],
      tasks: [
        { name: 'store', params: { filename: 'a.txt', location: 'S3', path: 'a/' } },
        { name: 'security', params: owned() },
      ],
    },
    methods: ['POST'],
  }),
  api({
    name: 'prefetch',
    method: 'POST',
    path: '/prefetch',
    body: { apikey: key, security: owned(), permissions: ['intelligent_ingestion'], settings: ['inapp_browser'] },
    methods: ['POST'],
  }),
]

export const CALLS: readonly Call[] = [...FILE_CALLS, ...STORE_CALLS, ...JSON_CALLS]
