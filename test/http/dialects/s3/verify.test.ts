import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { codeOf } from '../../../../src/http/dialects/s3/codes.ts'
import { readRequest } from '../../../../src/http/dialects/s3/request.ts'
import { verifyRequest } from '../../../../src/http/dialects/s3/sign/verify.ts'
import { DEFAULT_RULE } from '../../../../src/service/files/upload-destination.ts'

const SECRET = 'secret_Emu1s1n'
const TIME = '20261127T120000Z'
const DAY = TIME.slice(0, 8)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const BODY = sha256('the body')

/** What a client signs, written out by hand: the oracle knows nothing of the door. */
interface Named {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly host: string
  readonly payload: string
}

function signatureOf({ method, path, query, host, payload }: Named): string {
  const headers = `host:${host}\nx-amz-content-sha256:${payload}\nx-amz-date:${TIME}\n`
  const canonical = `${method}\n${path}\n${query}\n${headers}\nhost;x-amz-content-sha256;x-amz-date\n${payload}`
  const text = `AWS4-HMAC-SHA256\n${TIME}\n${DAY}/eu-west-1/s3/aws4_request\n${sha256(canonical)}`
  const key = [DAY, 'eu-west-1', 's3', 'aws4_request'].reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${SECRET}`)
  return hmac(key, text).toString('hex')
}

const SENT: Named = {
  method: 'PUT',
  path: '/-/s3/Emu1s1n/a%20%C3%A9.png',
  query: 'a=1&b=',
  host: 'images.test:8787',
  payload: BODY,
}

/** The code of the request as it is sent, with the signature of the request as it was named. */
async function codeFor(signed: Partial<Named>, sent: Partial<Named> = {}): Promise<string> {
  const { method, path, query, host, payload } = { ...SENT, ...sent }
  const raw = new Request(`http://${host}${path}?${query}`, {
    method,
    headers: {
      'X-Amz-Date': TIME,
      'X-Amz-Content-Sha256': payload,
      Authorization: `AWS4-HMAC-SHA256 Credential=Emu1s1n_key/${DAY}/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signatureOf({ ...SENT, ...signed })}`,
    },
  })
  const key = {
    account: 'Emu1s1n',
    keyId: 'key',
    key: SECRET,
    kind: 'secret',
    folder: '/',
    defaults: DEFAULT_RULE,
    secureUrlKey: undefined,
  } as const
  const deps = { keys: [key], clock: { now: () => Date.UTC(2026, 10, 27, 12) }, hash: async (text: string) => sha256(text) }
  return verifyRequest(readRequest(raw), deps).then(
    ({ key: found }) => found.keyId,
    (thrown: unknown) => codeOf(AppError.from(thrown)),
  )
}

const BELOW = { path: '/Emu1s1n/a%20%C3%A9.png' }
const REFUSED = 'SignatureDoesNotMatch'

describe('the signature of a request', () => {
  it.each<[string, Partial<Named>, Partial<Named>]>([
    ['as it was sent', {}, {}],
    ['by the path below the endpoint', BELOW, {}],
    ['with the endpoint for a host, as s3cmd signs it', { ...BELOW, host: 'images.test:8787/-/s3' }, {}],
    ['of all buckets, as s3cmd signs it', { path: '/', host: 'images.test:8787/-/s3' }, { path: '/-/s3' }],
  ])('counts %s', async (_, signed, sent) => {
    expect(await codeFor(signed, sent)).toBe('key')
  })

  it.each<[string, Partial<Named>]>([
    ['method', { method: 'DELETE' }],
    ['path', { path: '/-/s3/Emu1s1n/b.png' }],
    ['query', { query: 'a=2&b=' }],
    ['host', { host: 'other.test' }],
    ['hash of the body', { payload: sha256('another body') }],
  ])('counts for no other %s, however it is named', async (_, sent) => {
    for (const named of [{}, BELOW, { ...BELOW, host: 'images.test:8787/-/s3' }]) expect(await codeFor(named, sent)).toBe(REFUSED)
  })

  it('counts for no path and host that are put together in another way', async () => {
    expect(await codeFor({ host: 'images.test:8787/-/s3' })).toBe(REFUSED)
    expect(await codeFor({ path: '/a%20%C3%A9.png', host: 'images.test:8787/-/s3/Emu1s1n' })).toBe(REFUSED)
  })
})
