import { AwsClient } from 'aws4fetch'
import { XMLBuilder } from 'fast-xml-parser'
import type { Middleware } from 'openapi-fetch'
import { expect } from 'vitest'
import { type ApiClient, done, refused } from '../held.ts'
import { asItIs, type World } from './world.ts'

/** Signs what goes to the door of S3, when a call is not signed yet. */
function signer({ account, secretKey }: World): Middleware {
  const aws = new AwsClient({ accessKeyId: `${account}_secret`, secretAccessKey: secretKey, service: 's3', region: 'us-east-1' })
  return {
    async onRequest({ request }) {
      return request.headers.has('Authorization') ? undefined : aws.sign(request, { aws: { allHeaders: true } })
    },
  }
}

const textOf = (xml: unknown, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(String(xml))?.[1] ?? ''

/** S3's calls, signed. */
export async function s3Calls(client: ApiClient, world: World): Promise<void> {
  const signing = signer(world)
  client.use(signing)
  await signedCalls(client, world)
  client.eject(signing)
}

async function signedCalls(client: ApiClient, { account, picture }: World): Promise<void> {
  const BUCKET = '/-/s3/{bucket}'
  const OBJECT = '/-/s3/{bucket}/{key}'
  const text = { parseAs: 'text' } as const
  const bucket = { path: { bucket: account } }
  const at = (key: string) => ({ path: { bucket: account, key } })
  const sent = asItIs('image/jpeg')
  const xml = (root: string) => ({
    ...asItIs('application/xml'),
    bodySerializer: (body: unknown) => new XMLBuilder().build({ [root]: body }),
  })

  expect(done(await client.GET('/-/s3', text))).toContain(`<Name>${account}</Name>`)
  done(await client.PUT(OBJECT, { params: at('s3/a photo.jpg'), body: picture, ...sent, ...text }))
  refused(
    await client.PUT(OBJECT, {
      params: { ...at('s3/a photo.jpg'), header: { 'If-None-Match': '*' } },
      body: picture,
      ...sent,
      ...text,
    }),
    412,
  )
  const copied = await client.PUT(OBJECT, {
    params: { ...at('s3/copy.jpg'), header: { 'X-Amz-Copy-Source': `/${account}/s3/a%20photo.jpg` } },
    ...text,
  })
  expect(textOf(done(copied), 'ETag')).not.toBe('')

  const got = await client.GET(OBJECT, { params: at('s3/copy.jpg'), parseAs: 'arrayBuffer' })
  expect(new Uint8Array(done(got))).toEqual(new Uint8Array(picture))
  const etag = got.response.headers.get('ETag') ?? ''
  const range = await client.GET(OBJECT, { params: { ...at('s3/copy.jpg'), header: { Range: 'bytes=0-9' } }, parseAs: 'arrayBuffer' })
  expect([range.response.status, done(range).byteLength]).toEqual([206, 10])
  const same = await client.GET(OBJECT, { params: { ...at('s3/copy.jpg'), header: { 'If-None-Match': etag } }, ...text })
  expect(same.response.status).toBe(304)
  const named = await client.GET(OBJECT, {
    params: { ...at('s3/copy.jpg'), query: { 'response-content-type': 'application/octet-stream' } },
    parseAs: 'arrayBuffer',
  })
  expect(named.response.headers.get('Content-Type')).toBe('application/octet-stream')
  refused(await client.GET(OBJECT, { params: at('s3/none.jpg'), ...text }), 404)
  refused(await client.GET(OBJECT, { params: { ...at('s3/copy.jpg'), header: { 'If-Match': '"none"' } }, ...text }), 412)
  refused(await client.GET(OBJECT, { params: { ...at('s3/copy.jpg'), header: { Range: 'bytes=99999999-' } }, ...text }), 416)
  const unsigned = { headers: { Authorization: 'AWS4-HMAC-SHA256 none' } }
  refused(await client.GET(OBJECT, { params: at('s3/copy.jpg'), ...unsigned, ...text }), 400)

  for (const query of [{}, { prefix: 's3/' }, { 'list-type': '2', prefix: 's3/', 'max-keys': 1 }, { delimiter: '/' }] as const)
    expect(textOf(done(await client.GET(BUCKET, { params: { ...bucket, query }, ...text })), 'Name')).toBe(account)
  expect(done(await client.GET(BUCKET, { params: { ...bucket, query: { location: '' } }, ...text }))).toContain('LocationConstraint')
  refused(await client.GET(BUCKET, { params: { path: { bucket: 'W1xxxxx' } }, ...text }), 404)
  refused(await client.GET(BUCKET, { params: { ...bucket, query: { 'max-keys': -1 } }, ...text }), 400)
  refused(await client.PUT(BUCKET, { params: bucket, ...text }), 409)

  const begin = { params: { ...at('s3/parts.jpg'), query: { uploads: '' } }, ...text } as const
  const uploadId = textOf(done(await client.POST(OBJECT, begin)), 'UploadId')
  const part = (partNumber: number) => ({ ...at('s3/parts.jpg'), query: { partNumber, uploadId } })
  const whole = await client.PUT(OBJECT, { params: part(1), body: picture, ...sent, ...text })
  const partTag = whole.response.headers.get('ETag') ?? ''
  const ofCopy = await client.PUT(OBJECT, {
    params: { ...part(2), header: { 'X-Amz-Copy-Source': `/${account}/s3/copy.jpg`, 'X-Amz-Copy-Source-Range': 'bytes=0-9' } },
    ...text,
  })
  expect(textOf(done(ofCopy), 'ETag')).not.toBe('')
  expect(done(await client.GET(BUCKET, { params: { ...bucket, query: { uploads: '' } }, ...text }))).toContain(uploadId)
  const listed = done(await client.GET(OBJECT, { params: { ...at('s3/parts.jpg'), query: { uploadId } }, ...text }))
  expect(textOf(listed, 'PartNumber')).toBe('1')
  const complete = { params: { ...at('s3/parts.jpg'), query: { uploadId } }, ...text }
  const parts = (ETag: string) => ({ body: { Part: [{ PartNumber: 1, ETag }] }, ...xml('CompleteMultipartUpload') })
  refused(await client.POST(OBJECT, { ...complete, ...parts(partTag), bodySerializer: () => '<CompleteMultipartUpload' }), 400)
  refused(await client.POST(OBJECT, { ...complete, ...parts('"none"') }), 400)
  expect(done(await client.POST(OBJECT, { ...complete, ...parts(partTag) }))).toContain('CompleteMultipartUploadResult')
  const other = textOf(done(await client.POST(OBJECT, begin)), 'UploadId')
  done(await client.DELETE(OBJECT, { params: { ...at('s3/parts.jpg'), query: { uploadId: other } } }))
  refused(await client.GET(OBJECT, { params: { ...at('s3/parts.jpg'), query: { uploadId: other } }, ...text }), 404)

  done(await client.DELETE(OBJECT, { params: at('s3/a photo.jpg') }))
  const many = { Object: [{ Key: 's3/copy.jpg' }, { Key: 's3/parts.jpg' }] }
  const deleted = await client.POST(BUCKET, { params: { ...bucket, query: { delete: '' } }, body: many, ...xml('Delete'), ...text })
  expect(done(deleted)).toContain('<Key>s3/parts.jpg</Key>')
  refused(await client.GET(OBJECT, { params: at('s3/copy.jpg'), ...text }), 404)
}
