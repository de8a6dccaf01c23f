import { AppError } from '../../../../errors.ts'
import type { Piece } from '../../../../service/handles/parts/choose-parts.ts'
import type { Clock } from '../../../../service/ports.ts'
import { bytesOf, signText, verifyText } from '../../../hmac.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'

/** The SDK sends the bytes at once, and asks for a new URL when it tries a part again later. */
const LIFETIME_MS = 3600 * 1000

/** Bytes that a URL takes. */
export interface PartTicket extends Piece {
  readonly uploadId: string
  /** Of the bytes, in base64; `null`: nobody checks. */
  readonly md5: string | null
}

const secretsOf = ({ secrets }: FilestackApp): readonly Uint8Array[] => secrets.map((secret) => bytesOf(`filestack-part-url:${secret}`))

/** Everything that the bytes must be is in the URL, and signed. */
const addressOf = (app: FilestackApp, { uploadId, number, size, offset, isChunk, md5 }: PartTicket, expires: string): string => {
  const query = new URLSearchParams({
    size: String(size),
    ...(isChunk && { offset: String(offset) }),
    ...(md5 !== null && { md5 }),
    expires,
  })
  return `/multipart/part/${app.key}/${uploadId}/${number}?${query.toString()}`
}

/** A URL that authorises the PUT of these bytes by itself, for an hour. Each of the app's secrets may have signed it, so that they can be rotated. */
export async function makePartUrl(
  origin: string,
  app: FilestackApp,
  ticket: PartTicket,
  uploadEndsAt: number,
  clock: Clock,
): Promise<string> {
  const address = addressOf(app, ticket, String(Math.min(clock.now() + LIFETIME_MS, uploadEndsAt)))
  return `${origin}${address}&signature=${await signText(secretsOf(app)[0] ?? new Uint8Array(), `PUT ${address}`)}`
}

/** @throws AppError `signature_invalid` for a URL that this service has not made so; `gone`. */
export async function checkPartUrl(
  apps: readonly FilestackApp[],
  { pathname, searchParams: query }: URL,
  clock: Clock,
): Promise<{ readonly app: FilestackApp; readonly ticket: PartTicket }> {
  const [, , , key, uploadId = '', number = ''] = pathname.split('/')
  const app = appOfKey(apps, key)
  const offset = query.get('offset')
  const ticket: PartTicket = {
    uploadId,
    number: Number(number),
    size: Number(query.get('size')),
    offset: Number(offset ?? 0),
    isChunk: offset !== null,
    md5: query.get('md5'),
  }
  const [expires, signature] = [query.get('expires') ?? '', query.get('signature') ?? '']
  const signed = `PUT ${addressOf(app, ticket, expires)}`
  const verdicts = await Promise.all(secretsOf(app).map((secret) => verifyText(secret, signed, signature)))
  if (!verdicts.includes(true)) throw new AppError('signature_invalid')
  if (Number(expires) <= clock.now())
    throw new AppError('gone', { field: 'expires', reason: 'Ask for another URL by POST /multipart/upload.' })
  return { app, ticket }
}
