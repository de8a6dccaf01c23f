import { refuse } from './codes.ts'
import type { S3Request } from './request.ts'

/** The name of the call, which SDKs add. */
const CALL_NAME = 'x-id'

/** Headers of the protocol that this door reads, or that change nothing here. */
const HEADERS = new RegExp(
  `^x-amz-(${[
    'date|content-sha256|user-agent|trailer|decoded-content-length|te',
    'sdk-checksum-algorithm|checksum-[a-z0-9-]+',
    'meta-.+|copy-source(-(if-.+|range))?|metadata-directive|tagging-directive',
    'acl|storage-class|expected-bucket-owner|source-expected-bucket-owner|request-payer|mp-object-size',
    'optional-object-attributes|bucket-region',
  ].join('|')})$`,
)

/** What is the same for every file here. */
const ONLY: readonly (readonly [header: string, values: readonly string[], code: 'NotImplemented' | 'InvalidStorageClass'])[] = [
  // Who may read a file is said by folders.
  ['x-amz-acl', ['private', 'bucket-owner-read', 'bucket-owner-full-control'], 'NotImplemented'],
  ['x-amz-storage-class', ['STANDARD'], 'InvalidStorageClass'],
  ['x-amz-tagging-directive', ['COPY'], 'NotImplemented'],
]

/** @throws AppError NotImplemented, naming the first parameter or header that means something that this door does not do. */
export function demandKnown(request: S3Request, parameters: readonly string[]): void {
  for (const [name] of request.query) if (!parameters.includes(name) && name !== CALL_NAME) throw unknown('parameter', name)
  for (const name of request.headers.keys()) if (name.startsWith('x-amz-') && !HEADERS.test(name)) throw unknown('header', name)
  for (const [name, values, code] of ONLY) {
    const value = request.headers.get(name)
    if (value !== undefined && !values.includes(value)) throw refuse(code, `${name} can only be ${values.join(' or ')}.`)
  }
}

const unknown = (kind: 'parameter' | 'header', name: string): Error =>
  refuse('NotImplemented', `A ${kind} you provided implies functionality that is not implemented: ${name.slice(0, 100)}`)

/** A whole number of the query. @throws AppError InvalidArgument. */
export function wholeNumber(text: string | undefined, name: string, most: number, otherwise: number): number {
  if (text === undefined || text === '') return otherwise
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1)
    throw refuse('InvalidArgument', `Provided ${name} not an integer or within integer range`)
  return Math.min(Number(text), most)
}
