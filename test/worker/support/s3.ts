import { AwsClient } from 'aws4fetch'
import { ACCOUNT, ORIGIN, request, SECRET_KEY } from './client.ts'
import type { Send } from './owned-service.ts'

export interface S3Init {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly keyId?: string
  readonly secret?: string
  /** Puts the signature into the URL. */
  readonly signQuery?: boolean
  /** `20130524T000000Z`; now when absent. */
  readonly datetime?: string
  readonly send?: Send
}

/** One signed request to the S3 door. @param target what follows the endpoint: `Emu1s1n/key?query`, encoded. */
export async function s3(method: string, target: string, init: S3Init = {}): Promise<Response> {
  const { headers = {}, body, keyId = `${ACCOUNT}_secret`, secret = SECRET_KEY, signQuery = false, datetime, send = request } = init
  const client = new AwsClient({ accessKeyId: keyId, secretAccessKey: secret, service: 's3', region: 'us-east-1' })
  const signed = await client.sign(`${ORIGIN}/-/s3/${target}`, {
    method,
    headers: { ...headers },
    ...(body !== undefined && { body }),
    aws: { signQuery, allHeaders: true, ...(datetime !== undefined && { datetime }) },
  })
  const length = new Blob(body === undefined ? [] : [body]).size
  if (body !== undefined) signed.headers.set('Content-Length', String(length))
  return send(signed.url.slice(ORIGIN.length), { method, headers: signed.headers, ...(body !== undefined && { body }) })
}

/** Status and S3's code. */
export async function outcomeOf(response: Response): Promise<string> {
  const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]
  return code === undefined ? String(response.status) : `${response.status} ${code}`
}

/** The texts of all elements of a name. */
export const textsOf = (xml: string, name: string): readonly string[] =>
  Array.from(xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g')), ([, text = '']) => text)
