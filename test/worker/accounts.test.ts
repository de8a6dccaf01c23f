import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { errorOf, ORIGIN, picture } from './support/client.ts'
import { ownedService, type Send } from './support/owned-service.ts'
import { decodePixels } from './support/pixels.ts'

const ONE = 'W142hJk'
const TWO = 'W142hJm'
const KEYS = {
  ONE_KEY: 'secret_W142hJkTestTestTestTestTest1',
  TWO_KEY: 'secret_W142hJmTestTestTestTestTest1',
  PUBLIC_KEY: 'public_W142hJkTestTestTestTestTest2',
  OTHER_KEY: 'public_W142hJkTestTestTestTestTest3',
  TWO_URL_KEY: btoa('0123456789abcdef0123456789abcdef'),
}
let privateKey: CryptoKey
let publicPem: string

const service = (): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ONE,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'ONE_KEY' } },
            { id: 'public', kind: 'public', key: { env: 'PUBLIC_KEY' } },
            { id: 'other', kind: 'public', key: { env: 'OTHER_KEY' } },
          ],
          tokenKeys: [{ env: 'TOKEN_KEY' }],
        },
        { id: TWO, keys: [{ id: 'two', kind: 'secret', key: { env: 'TWO_KEY' }, secureUrlKey: { env: 'TWO_URL_KEY' } }] },
      ],
    },
    { ...KEYS, TOKEN_KEY: publicPem },
  )

const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const put = async (account: string, key: string, path: string, body: BodyInit): Promise<void> => {
  const url = `/v2/accounts/${account}/uploads/binary?filePath=${path}`
  expect((await service()(url, { method: 'POST', headers: bearer(key), body })).status).toBe(200)
}
const token = (claims: object): Promise<string> =>
  new SignJWT({ sub: 'user', accountId: ONE, ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey)
const reading = {
  pathPermissions: [
    { match: { path: '/closed', scope: 'Children' }, permissions: { read: { file: { downloadFile: ['*'], getFileDetails: true } } } },
  ],
}
async function outcome(response: Promise<Response>): Promise<string> {
  const answer = await response
  return answer.ok ? String(answer.status) : `${answer.status} ${(await errorOf(answer)).code}`
}

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  privateKey = pair.privateKey
  publicPem = await exportSPKI(pair.publicKey)
  await put(ONE, KEYS.ONE_KEY, '/closed/photo.png', picture('photo.png'))
  await service()(`/v2/accounts/${ONE}/folders`, {
    method: 'PUT',
    headers: bearer(KEYS.ONE_KEY),
    body: JSON.stringify({ folderPath: '/closed', folderSettings: { publicPermissions: { set: true, value: [] } } }),
  })
})

describe('two accounts with the same path', () => {
  it('each get their own picture, from every tier', async () => {
    await put(ONE, KEYS.ONE_KEY, '/same.png', picture('photo.png'))
    await put(TWO, KEYS.TWO_KEY, '/same.png', picture('half-transparent.png'))
    const widths: number[] = []
    const tiers: (string | null)[] = []
    const send = service()
    for (const account of [ONE, TWO, ONE, TWO]) {
      const response = await send(`/${account}/image/same.png?f=png&cache_perm=true`)
      tiers.push(response.headers.get('Emulsion-Cache'))
      widths.push((await decodePixels(response)).width)
    }
    expect(widths).toEqual([64, 40, 64, 40])
    expect(tiers.slice(0, 2)).toEqual(['miss', 'miss'])
    expect(tiers.slice(2)).toEqual(['edge', 'edge'])
  })
})

describe('a token that names a key', () => {
  const closed = `/${ONE}/raw/closed/photo.png`
  const alone = async (apiKeyId: string | undefined) =>
    outcome(service()(closed, { headers: bearer(await token({ apiKeyId, access: reading })) }))
  const beside = async (apiKeyId: string | undefined, key = KEYS.PUBLIC_KEY) =>
    outcome(service()(closed, { headers: { ...bearer(key), 'Authorization-Token': await token({ apiKeyId, access: reading }) } }))

  it('is refused when that key is gone, or is a secret key', async () => {
    expect([await alone('removed'), await alone('main')]).toEqual(['401 token_invalid', '401 token_invalid'])
    expect([await alone('public'), await alone(undefined)]).toEqual(['200', '200'])
  })

  it('is refused beside another key', async () => {
    expect([await beside('other'), await beside('removed')]).toEqual(['401 token_invalid', '401 token_invalid'])
    expect([await beside('public'), await beside('other', KEYS.OTHER_KEY), await beside(undefined)]).toEqual(['200', '200', '200'])
  })
})

describe('a page of another site', () => {
  const read = async (claims: object) => {
    const headers = { Cookie: `emulsion-token-${ONE}=${await token(claims)}`, Origin: 'https://site.example' }
    const response = await service()(`/${ONE}/raw/closed/photo.png`, { headers })
    return [response.status, response.headers.get('Access-Control-Allow-Credentials'), response.headers.get('Access-Control-Allow-Origin')]
  }

  it('may read what a cookie opens only when the token names the site', async () => {
    expect(await read({ access: reading, allowedOrigins: ['https://site.example'] })).toEqual([200, 'true', 'https://site.example'])
    expect(await read({ access: reading })).toEqual([200, null, '*'])
    expect((await read({ access: reading, allowedOrigins: ['https://other.example'] }))[0]).toBe(403)
  })
})

it('a URL that another account has signed opens nothing', async () => {
  await put(TWO, KEYS.TWO_KEY, '/signed.png', picture('photo.png'))
  const secret = Uint8Array.from(atob(KEYS.TWO_URL_KEY), (char) => char.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const open = async (path: string): Promise<string> => {
    const url = `${path}?exp=${Date.now() + 3_600_000}`
    const bytes = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(new URL(ORIGIN).host + url))
    return outcome(service()(`${url}&sig=1.two.${Buffer.from(bytes).toString('base64url')}`))
  }
  expect(await open(`/${TWO}/raw/signed.png`)).toBe('200')
  expect(await open(`/${ONE}/raw/closed/photo.png`)).toBe('403 signature_invalid')
})
