import * as z from 'zod'
import { ACCOUNT_ID_PATTERN } from '../../../service/access/account-id.ts'
import { MAX_PART_NUMBER } from '../../../service/files/parts/session.ts'
import type { DescribedAnswer, DescribedBody, DescribedCall, DescribedDialect } from '../../openapi/call.ts'
import { S3_CODES, statusOf } from './codes.ts'

/** The calls of this door, for `/-/openapi.json`. What S3 tells apart by a parameter or a header is one call there. */

const text = (description: string): z.ZodType => z.string().describe(description).optional()
const flag = (description: string): z.ZodType => z.literal('').describe(description).optional()
const whole = (most: number, description: string): z.ZodType => z.int().min(0).max(most).describe(description).optional()
const encoding = z.literal('url').describe('Names are percent-encoded.').optional()
const uploadId = z.string().describe('Of an upload in parts.').optional()

const root = (name: string, shape: z.ZodRawShape = {}): z.ZodType => z.looseObject(shape).meta({ xml: { name } })
const xml = (...roots: readonly [z.ZodType, ...z.ZodType[]]): DescribedBody => ({
  types: ['application/xml'],
  schema: roots.length === 1 ? roots[0] : z.union(roots),
})
const answer = (
  description: string,
  body?: DescribedBody,
  headers: Pick<DescribedAnswer, 'headers' | 'sometimes'> = {},
): DescribedAnswer => ({ description, ...(body && { body }), ...headers })

const list = (shape: z.ZodRawShape): z.ZodType => z.array(z.looseObject(shape)).optional()
const named = { Key: z.string() }
const upload = { Bucket: z.string(), ...named, UploadId: z.string() }
const version = { ETag: z.string(), LastModified: z.iso.datetime() }
const page = { IsTruncated: z.boolean() }
const FILES = root('ListBucketResult', { ...page, Name: z.string(), Contents: list({ ...named, ...version, Size: z.int() }) })
const UPLOADS = root('ListMultipartUploadsResult', { ...page, Bucket: z.string(), Upload: list({ ...named, UploadId: z.string() }) })
const PARTS = root('ListPartsResult', { ...page, ...upload, Part: list({ ...version, PartNumber: z.int(), Size: z.int() }) })

const conditions = {
  'If-Match': text('ETags of which the file must have one.'),
  'If-None-Match': text('ETags of which the file must have none.'),
  'If-Modified-Since': text('A date of HTTP; the file must be newer.'),
  'If-Unmodified-Since': text('A date of HTTP; the file must not be newer.'),
}
const stored = {
  'Content-MD5': text('MD5 of the body in base64.'),
  'X-Amz-Content-Sha256': z.string().describe('Hash of the body, `UNSIGNED-PAYLOAD`, or a `STREAMING-` form.').optional(),
  'X-Amz-Checksum-Algorithm': z
    .enum(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])
    .describe('Of the checksum that is sent.')
    .optional(),
}
const responses = z.strictObject({
  'response-content-type': text('`Content-Type` of the answer.'),
  'response-content-language': text('`Content-Language` of the answer.'),
  'response-expires': text('`Expires` of the answer.'),
  'response-cache-control': text('`Cache-Control` of the answer.'),
  'response-content-disposition': text('`Content-Disposition` of the answer.'),
})
const FILE = { ETag: 'Version of the file.', 'Content-Type': 'Type of the file.', 'Last-Modified': 'When it was stored.' }

const SERVICE = '/-/s3'
const BUCKET = `${SERVICE}/{bucket}`
const KEY = `${BUCKET}/{key}`

const call = (
  operationId: string,
  method: DescribedCall['method'],
  path: string,
  summary: string,
  rest: Pick<DescribedCall, 'answers'> & Partial<DescribedCall>,
): DescribedCall => ({ operationId, method, path, summary, routes: [], security: ['s3Signature'], errors: [], ...rest })

export const S3: DescribedDialect = {
  tag: 's3',
  description: 'S3’s REST API in path style, by keys of the account: docs/s3.md has the calls and what differs.',
  error: (codes) =>
    z
      .strictObject({ Code: z.enum(codes as [string, ...string[]]), Message: z.string(), Resource: z.string(), RequestId: z.string() })
      .meta({ xml: { name: 'Error' } }),
  errorType: 'application/xml',
  ownErrors: S3_CODES.map((code) => ({ code, status: statusOf(code) })),
  pathParameters: {
    bucket: z
      .string()
      .regex(new RegExp(`^${ACCOUNT_ID_PATTERN}$`))
      .describe('Id of the account.'),
    key: z.string().describe('Path of the file without its first slash; slashes stand as they are.'),
  },
  calls: [
    call('s3ListBuckets', 'GET', SERVICE, 'ListBuckets: the account of the key.', {
      answers: { 200: answer('The account.', xml(root('ListAllMyBucketsResult'))) },
    }),
    call(
      's3GetBucket',
      'GET',
      BUCKET,
      'ListObjects, ListObjectsV2, ListMultipartUploads with `uploads`, GetBucketLocation with `location`.',
      {
        query: z.strictObject({
          'list-type': z.literal('2').describe('Asks for ListObjectsV2.').optional(),
          prefix: text('What keys begin with.'),
          delimiter: z.literal('/').describe('Rolls up what lies in folders.').optional(),
          'max-keys': whole(1000, 'Of a page.'),
          marker: text('A key after which the page begins.'),
          'start-after': text('A key after which the list begins, in ListObjectsV2.'),
          'continuation-token': text('Of the page before, in ListObjectsV2.'),
          'fetch-owner': z.enum(['true', 'false']).describe('Whether owners are told.').optional(),
          'encoding-type': encoding,
          location: flag('Asks for the place alone.'),
          uploads: flag('Lists uploads in parts that are open.'),
          'key-marker': text('A key after which the page of uploads begins.'),
          'upload-id-marker': text('An upload of that key after which it begins.'),
          'max-uploads': whole(1000, 'Of a page.'),
        }),
        answers: { 200: answer('A page of it.', xml(FILES, UPLOADS, root('LocationConstraint'))) },
      },
    ),
    call('s3CreateBucket', 'PUT', BUCKET, 'CreateBucket: refused, for accounts are made in the settings.', { answers: {} }),
    call('s3DeleteObjects', 'POST', BUCKET, 'DeleteObjects: up to 1,000 keys.', {
      query: z.strictObject({ delete: z.literal('').describe('Marks the call.') }),
      body: xml(root('Delete', { Object: z.array(z.looseObject({ Key: z.string() })), Quiet: z.boolean().optional() })),
      answers: {
        200: answer(
          'What became of each key.',
          xml(root('DeleteResult', { Deleted: list(named), Error: list({ ...named, Code: z.string() }) })),
        ),
      },
    }),
    call('s3GetObject', 'GET', KEY, 'GetObject; ListParts with `uploadId`.', {
      query: responses.extend({
        uploadId,
        'part-number-marker': whole(2 ** 31 - 1, 'A part after which the page begins.'),
        'max-parts': whole(1000, 'Of a page.'),
        'encoding-type': encoding,
      }),
      headers: z.strictObject({ Range: text('One range of bytes.'), ...conditions }),
      answers: {
        200: answer('The bytes, or the parts.', { ...xml(PARTS), bytes: ['*/*'] }, { sometimes: FILE }),
        206: answer('A range of the bytes.', { types: ['*/*'] }, { headers: FILE }),
        304: answer('The client has it.'),
      },
    }),
    call(
      's3PutObject',
      'PUT',
      KEY,
      'PutObject, CopyObject with `X-Amz-Copy-Source`; UploadPart and UploadPartCopy with `partNumber` and `uploadId`.',
      {
        query: z.strictObject({ partNumber: z.int().min(1).max(MAX_PART_NUMBER).describe('Where the part stands.').optional(), uploadId }),
        headers: z.strictObject({
          'If-Match': text('The ETag of the version that is to be replaced.'),
          'If-None-Match': z.literal('*').describe('Only where no file is.').optional(),
          'Content-Disposition': z.string().describe('Its name is kept.').optional(),
          ...stored,
          'X-Amz-Copy-Source': z.string().describe('`/bucket/key`, percent-encoded.').optional(),
          'X-Amz-Copy-Source-Range': z.string().describe('`bytes=first-last`, of a part.').optional(),
          'X-Amz-Metadata-Directive': z.enum(['COPY', 'REPLACE']).describe('Whose metadata a copy has.').optional(),
        }),
        body: { types: ['*/*'], optional: true },
        answers: {
          200: answer(
            'It is stored; XML of a copy.',
            { ...xml(root('CopyObjectResult', version), root('CopyPartResult', version)), optional: true },
            {
              sometimes: { ETag: 'Version of what is stored.' },
            },
          ),
        },
      },
    ),
    call('s3PostObject', 'POST', KEY, 'CreateMultipartUpload with `uploads`, CompleteMultipartUpload with `uploadId`.', {
      query: z.strictObject({ uploads: flag('Begins an upload in parts.'), uploadId }),
      headers: z.strictObject({
        'If-None-Match': z.literal('*').describe('Only where no file is.').optional(),
        'X-Amz-Checksum-Algorithm': stored['X-Amz-Checksum-Algorithm'],
        'X-Amz-Checksum-Type': z
          .enum(['COMPOSITE', 'FULL_OBJECT'])
          .describe('Of the whole: of the parts’ checksums, or of all bytes.')
          .optional(),
        'X-Amz-Mp-Object-Size': z.int().min(0).describe('Bytes of all parts together.').optional(),
      }),
      body: {
        ...xml(
          root('CompleteMultipartUpload', {
            Part: z.array(z.looseObject({ PartNumber: z.int().min(1).max(MAX_PART_NUMBER), ETag: z.string() })),
          }),
        ),
        optional: true,
      },
      answers: {
        200: answer(
          'It is begun, or joined: after 5 seconds white space comes before the XML, which may be an error then.',
          xml(
            root('InitiateMultipartUploadResult', upload),
            root('CompleteMultipartUploadResult', { Bucket: z.string(), ...named, ETag: z.string() }),
          ),
        ),
      },
    }),
    call('s3DeleteObject', 'DELETE', KEY, 'DeleteObject; AbortMultipartUpload with `uploadId`.', {
      query: z.strictObject({ uploadId }),
      answers: { 204: answer('It is not there any more.') },
    }),
  ],
}
