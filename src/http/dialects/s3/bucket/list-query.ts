import { encodeKey } from '../../../../service/stores/encode-key.ts'
import { fromBase64, toBase64Url } from '../../../hmac.ts'
import { refuse } from '../codes.ts'
import { wholeNumber } from '../parameters.ts'
import { parameter, type S3Request } from '../request.ts'

/** What a listing asks for, in either version of the call. */
export interface ListQuery {
  readonly isSecond: boolean
  readonly prefix: string
  /** `''` or `/`: others are not offered. */
  readonly delimiter: string
  readonly limit: number
  /** The listing begins after this key. */
  readonly after: string
  readonly withOwner: boolean
  /** How names are written into the answer. */
  readonly write: (name: string) => string
  readonly encoding: 'url' | undefined
}

export const LIST_PARAMETERS = ['prefix', 'delimiter', 'max-keys', 'encoding-type', 'marker']
export const LIST_2_PARAMETERS = [
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'encoding-type',
  'start-after',
  'continuation-token',
  'fetch-owner',
]

const MAX_KEYS = 1000

/** @throws AppError InvalidArgument, NotImplemented. */
export function readListQuery(request: S3Request): ListQuery {
  const said = (name: string): string => parameter(request, name) ?? ''
  const isSecond = parameter(request, 'list-type') !== undefined
  if (isSecond && said('list-type') !== '2') throw refuse('InvalidArgument', 'Invalid list-type: expected 2.')
  const delimiter = said('delimiter')
  if (delimiter !== '' && delimiter !== '/') throw refuse('NotImplemented', 'The delimiter can only be "/": files lie in folders.')
  const token = parameter(request, 'continuation-token')
  return {
    isSecond,
    delimiter,
    prefix: said('prefix'),
    limit: wholeNumber(parameter(request, 'max-keys'), 'max-keys', MAX_KEYS, MAX_KEYS),
    after: isSecond ? (token === undefined ? said('start-after') : keyOfToken(token)) : said('marker'),
    withOwner: !isSecond || said('fetch-owner') === 'true',
    ...readEncoding(said('encoding-type')),
  }
}

/** @throws AppError InvalidArgument. */
export function readEncoding(type: string): Pick<ListQuery, 'write' | 'encoding'> {
  if (type !== '' && type !== 'url') throw refuse('InvalidArgument', 'Invalid Encoding Method specified in Request')
  return type === 'url' ? { write: encodeKey, encoding: 'url' } : { write: (name) => name, encoding: undefined }
}

/** A token of a page is the last key of it. */
export const tokenOfKey = (key: string): string => toBase64Url(new TextEncoder().encode(key))

function keyOfToken(token: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64(token) ?? Uint8Array.of(0xff))
  } catch (cause) {
    throw refuse('InvalidArgument', 'The continuation token provided is incorrect', cause)
  }
}
