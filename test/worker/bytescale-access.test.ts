import { generateKeyPair, exportSPKI, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT, errorOf, ORIGIN, picture, SECRET_KEY } from './support/client.ts'
import { ownedService, type Send } from './support/owned-service.ts'

const KEYS = {
  EMULSION_NEXT_KEY: 'secret_Emu1s1nTestTestTestTestTest2',
  EMULSION_TEAM_KEY: 'secret_Emu1s1nTestTestTestTestTest3',
  EMULSION_INBOX_KEY: 'public_Emu1s1nTestTestTestTestTest4',
  EMULSION_OTHER_KEY: 'secret_W142hJkTestTestTestTestTest5',
  EMULSION_URL_KEY: btoa('0123456789abcdef0123456789abcdef'),
  EMULSION_TEAM_URL_KEY: btoa('fedcba9876543210fedcba9876543210'),
}
const PUBLIC_KEY = 'public_Emu1s1nTestTestTestTestTest1'

let variables: Record<string, string>
let privateKey: CryptoKey
let nextPrivateKey: CryptoKey
let publicPem: string

beforeAll(async () => {
  const [first, second] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ])
  privateKey = first.privateKey
  nextPrivateKey = second.privateKey
  publicPem = await exportSPKI(first.publicKey)
  variables = { ...KEYS, EMULSION_TOKEN_KEY_1: publicPem, EMULSION_TOKEN_KEY_2: await exportSPKI(second.publicKey) }
  await put('/open/photo.png', picture('photo.png'))
  await put('/closed/photo.png', picture('photo.png'))
  await put('/closed/deep/photo.png', picture('photo.png'))
  await put('/team/photo.png', picture('photo.png'))
  await putFolder('/closed', [])
})

/** Another isolate with two secret keys (one being rotated in), a key of one folder, a public one with its own rule, and two token keys. */
const service = (): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'EMULSION_SECRET_KEY' }, secureUrlKey: { env: 'EMULSION_URL_KEY' } },
            { id: 'next', kind: 'secret', key: { env: 'EMULSION_NEXT_KEY' } },
            {
              id: 'team',
              kind: 'secret',
              key: { env: 'EMULSION_TEAM_KEY' },
              folder: '/team',
              secureUrlKey: { env: 'EMULSION_TEAM_URL_KEY' },
            },
            { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
            {
              id: 'inbox',
              kind: 'public',
              key: { env: 'EMULSION_INBOX_KEY' },
              folder: '/inbox',
              destination: { folderPath: '/inbox/{UTC_YEAR}', fileName: '{UNIQUE_DIGITS_8}{ORIGINAL_FILE_EXT}' },
            },
          ],
          tokenKeys: [{ env: 'EMULSION_TOKEN_KEY_1' }, { env: 'EMULSION_TOKEN_KEY_2' }],
        },
        { id: 'W142hJk', keys: [{ id: 'other', kind: 'secret', key: { env: 'EMULSION_OTHER_KEY' } }] },
      ],
    },
    variables,
  )

const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const api = (path: string): string => `/v2/accounts/${ACCOUNT}${path}`
const put = (path: string, body: BodyInit = 'x', headers: Record<string, string> = bearer(SECRET_KEY)): Promise<Response> =>
  service()(api(`/uploads/binary?filePath=${encodeURIComponent(path)}`), { method: 'POST', headers, body })
const putFolder = (folderPath: string, publicPermissions: unknown): Promise<Response> =>
  service()(api('/folders'), {
    method: 'PUT',
    headers: bearer(SECRET_KEY),
    body: JSON.stringify({ folderPath, folderSettings: { publicPermissions: { set: true, value: publicPermissions } } }),
  })
async function outcome(response: Promise<Response>): Promise<string> {
  const answer = await response
  return answer.ok ? String(answer.status) : `${answer.status} ${(await errorOf(answer)).code}`
}

interface Claims {
  readonly [name: string]: unknown
}
const now = (): number => Math.floor(Date.now() / 1000)
const token = (claims: Claims = {}, key: CryptoKey | Uint8Array = privateKey, alg = 'RS256'): Promise<string> =>
  new SignJWT({ sub: 'user', accountId: ACCOUNT, exp: now() + 600, iat: now(), ...claims }).setProtectedHeader({ alg }).sign(key)
const grant = (path: string, scope: string, permissions: object): object => ({ pathPermissions: [{ match: { path, scope }, permissions }] })
const reading = (path: string, scope = 'Children'): object =>
  grant(path, scope, { read: { file: { downloadFile: ['*'], getFileDetails: true }, folder: { listFolderChildren: true } } })
const closed = `/${ACCOUNT}/raw/closed/photo.png`

describe('keys', () => {
  it.each<[string, Record<string, string>, string]>([
    ['the first secret key', bearer(SECRET_KEY), '200'],
    ['the next secret key, while both are valid', bearer(KEYS.EMULSION_NEXT_KEY), '200'],
    ['a public key', bearer(PUBLIC_KEY), '403 forbidden'],
    ["another account's key", bearer(KEYS.EMULSION_OTHER_KEY), '403 forbidden'],
    ['a key with one character less', bearer(SECRET_KEY.slice(0, -1)), '401 unauthorized'],
    ['a key with one character more', bearer(`${SECRET_KEY}1`), '401 unauthorized'],
    ['no credentials', {}, '401 unauthorized'],
    ['another scheme', { Authorization: `Digest ${SECRET_KEY}` }, '401 unauthorized'],
    ['Basic that is no base64', { Authorization: 'Basic ====' }, '401 unauthorized'],
    ['Basic with the key', { Authorization: `Basic ${btoa(`apikey:${SECRET_KEY}`)}` }, '200'],
  ])('%s', async (_, headers, expected) => expect(await outcome(service()(api('/folders/list?folderPath=/'), { headers }))).toBe(expected))

  it('a key of a folder reaches that folder', async () => {
    const team = bearer(KEYS.EMULSION_TEAM_KEY)
    const send = service()
    const calls: [string, RequestInit, string][] = [
      ['/uploads/binary?filePath=/team/a.txt', { method: 'POST', body: 'x' }, '200'],
      ['/uploads/binary?filePath=/teamwork/a.txt', { method: 'POST', body: 'x' }, '403 forbidden'],
      ['/uploads/binary?filePath=/a.txt', { method: 'POST', body: 'x' }, '403 forbidden'],
      ['/files/details?filePath=/team/a.txt', {}, '200'],
      ['/files/details?filePath=/open/photo.png', {}, '403 forbidden'],
      ['/files?filePath=/open/photo.png', { method: 'DELETE' }, '403 forbidden'],
      ['/folders/list?folderPath=/team', {}, '200'],
      ['/folders/list?folderPath=/', {}, '403 forbidden'],
      ['/folders/list?folderPath=/&recursive=true', {}, '403 forbidden'],
      [
        '/files/copy',
        { method: 'POST', body: JSON.stringify({ source: '/open/photo.png', destination: '/team/stolen.png' }) },
        '403 forbidden',
      ],
      ['/files/copy', { method: 'POST', body: JSON.stringify({ source: '/team/a.txt', destination: '/open/photo.png' }) }, '403 forbidden'],
      ['/folders', { method: 'DELETE', body: JSON.stringify({ folderPath: '/' }) }, '403 forbidden'],
      ['/folders/copy', { method: 'POST', body: JSON.stringify({ source: '/open', destination: '/team/open' }) }, '403 forbidden'],
      [
        '/cache/reset',
        { method: 'POST', body: JSON.stringify({ pattern: '/*', resetEdgeCache: true, resetPermanentCache: true }) },
        '403 forbidden',
      ],
      ['/uploads', { method: 'POST', body: JSON.stringify({ size: 1, path: '/open/x' }) }, '403 forbidden'],
    ]
    for (const [path, init, expected] of calls)
      expect([path, await outcome(send(api(path), { headers: team, ...init }))]).toEqual([path, expected])
  })

  it("a key's own rule says where its uploads go", async () => {
    const response = await service()(api('/uploads/binary?originalFileName=a.txt'), {
      method: 'POST',
      headers: bearer(KEYS.EMULSION_INBOX_KEY),
      body: 'x',
    })
    expect(((await response.json()) as { filePath: string }).filePath).toMatch(/^\/inbox\/\d{4}\/\w{8}\.txt$/)
    expect(await outcome(put('/elsewhere.txt', 'x', bearer(KEYS.EMULSION_INBOX_KEY)))).toBe('403 forbidden')
  })

  it('the older upload endpoint takes the account from the key', async () => {
    const headers = { Authorization: `Basic ${btoa(`apikey:${SECRET_KEY}`)}`, 'Content-Type': 'text/plain' }
    const response = await service()('/v1/files/basic', { method: 'POST', headers, body: 'legacy' })
    const { accountId, filePath } = (await response.json()) as { accountId: string; filePath: string }
    expect(accountId).toBe(ACCOUNT)
    expect(await (await service()(`/${ACCOUNT}/raw${filePath}`)).text()).toBe('legacy')
    expect(await outcome(service()('/v1/files/basic', { method: 'POST', body: 'x' }))).toBe('401 unauthorized')
  })
})

describe('access tokens', () => {
  it('no token is believed but one of RS256 by a key of the account, in time and in shape', async () => {
    const unsigned = (header: object): string =>
      [header, { sub: 'u', accountId: ACCOUNT, exp: now() + 60, access: reading('/closed') }]
        .map((part) => btoa(JSON.stringify(part)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_'))
        .join('.')
    const good = await token({ access: reading('/closed') })
    const [header = '', payload = '', signature = ''] = good.split('.')
    const strange = (await generateKeyPair('RS256')).privateKey
    const cases: [string, string, string][] = [
      ['by the first key', good, '200'],
      ['by the second key', await token({ access: reading('/closed') }, nextPrivateKey), '200'],
      ['by a strange key', await token({ access: reading('/closed') }, strange), '401 token_invalid'],
      ['alg none', `${unsigned({ alg: 'none' })}.`, '401 token_invalid'],
      ['alg none with a signature', `${unsigned({ alg: 'none' })}.${signature}`, '401 token_invalid'],
      [
        'HS256 with the public key as secret',
        await token({ access: reading('/closed') }, new TextEncoder().encode(publicPem), 'HS256'),
        '401 token_invalid',
      ],
      ['an altered payload', `${header}.${payload.slice(0, -4)}AAAA.${signature}`, '401 token_invalid'],
      ['an altered signature', `${header}.${payload}.${signature.slice(0, -4)}AAAA`, '401 token_invalid'],
      ['a cut signature', `${header}.${payload}.${signature.slice(0, 20)}`, '401 token_invalid'],
      ['expired', await token({ exp: now() - 60, access: reading('/closed') }), '401 token_invalid'],
      ['not yet valid', await token({ nbf: now() + 600, access: reading('/closed') }), '401 token_invalid'],
      ['without exp', await token({ exp: undefined, access: reading('/closed') }), '401 token_invalid'],
      ['without sub', await token({ sub: undefined, access: reading('/closed') }), '401 token_invalid'],
      ['of another account', await token({ accountId: 'W142hJk', access: reading('/closed') }), '401 token_invalid'],
      ['without accountId, alone', await token({ accountId: undefined, access: reading('/closed') }), '401 token_invalid'],
      ['with a scope that is none', await token({ access: grant('/closed', 'All', {}) }), '401 token_invalid'],
      ['over 8 KB', await token({ access: reading('/closed'), filler: 'x'.repeat(9000) }), '401 token_invalid'],
      ['for another key', await token({ apiKeyId: 'inbox', access: reading('/closed') }), '200'],
      ['acting as a secret key', await token({ apiKeyId: 'main', access: reading('/closed') }), '401 token_invalid'],
      ['for other sites', await token({ allowedOrigins: ['https://example.com'], access: reading('/closed') }), '403 forbidden'],
      ['no token at all', 'a.b.c', '401 token_invalid'],
    ]
    const send = service()
    for (const [name, jwt, expected] of cases)
      expect([name, await outcome(send(closed, { headers: bearer(jwt) }))]).toEqual([name, expected])
  })

  it('next to a public key it adds permissions, and takes them where it says so', async () => {
    const access = {
      pathPermissions: [
        { match: { path: '/users/a', scope: 'Children' }, permissions: { write: { file: { createFile: true, overwriteFile: true } } } },
        { match: { path: '/users/b', scope: 'Children' }, permissions: { write: { file: { createFile: false } } } },
      ],
      tagPermissions: { write: ['mine-*'] },
    }
    const headers = { ...bearer(PUBLIC_KEY), 'Authorization-Token': await token({ access }) }
    const send = (path: string, query = ''): Promise<string> =>
      outcome(service()(api(`/uploads/binary?filePath=${path}${query}`), { method: 'POST', headers, body: 'x' }))
    expect(await send('/users/a/1.txt')).toBe('200')
    expect(await send('/users/a/1.txt')).toBe('200')
    expect(await send('/users/a/deep/1.txt')).toBe('200')
    expect(await send('/users/a/deep/1.txt')).toBe('403 forbidden')
    expect(await send('/users/b/1.txt')).toBe('403 forbidden')
    expect(await send('/users/a/2.txt', '&tag=mine-1')).toBe('200')
    expect(await send('/users/a/3.txt', '&tag=yours')).toBe('403 forbidden')
    expect(await outcome(service()(api('/files?filePath=/users/a/1.txt'), { method: 'DELETE', headers }))).toBe('403 forbidden')
  })

  it('alone it permits what it grants and nothing else', async () => {
    const headers = bearer(await token({ access: reading('/closed') }))
    const send = service()
    expect(await outcome(send(api('/folders/list?folderPath=/closed'), { headers }))).toBe('403 forbidden')
    const folder = bearer(await token({ access: grant('/closed', 'This', { read: { folder: { listFolderChildren: true } } }) }))
    expect(await outcome(send(api('/folders/list?folderPath=/closed'), { headers: folder }))).toBe('200')
    expect(await outcome(send(api('/folders/list?folderPath=/closed&recursive=true'), { headers: folder }))).toBe('403 forbidden')
    expect(await outcome(send(api('/files/details?filePath=/closed/photo.png'), { headers }))).toBe('200')
    expect(await outcome(send(api('/uploads/binary?filePath=/closed/x'), { method: 'POST', headers, body: 'x' }))).toBe('403 forbidden')
    expect(await outcome(send(`/${ACCOUNT}/raw/closed/deep/photo.png`, { headers }))).toBe('403 forbidden')
    expect(await outcome(send(api('/jobs?jobType=ResetCacheJob'), { headers }))).toBe('403 forbidden')
  })

  it('a session keeps the token in a cookie for reading, and ends', async () => {
    const send = service()
    const accessToken = await token({ accountId: undefined, allowedOrigins: ['https://site.example'], access: reading('/closed') })
    const site = { Origin: 'https://site.example' }
    const begun = await send(`/api/v1/access_tokens/${ACCOUNT}?set-cookie=true`, {
      method: 'PUT',
      headers: site,
      body: JSON.stringify({ accessToken }),
    })
    expect(await begun.json()).toEqual({ accessToken, ttlSeconds: expect.closeTo(600, -1) })
    expect(begun.headers.get('Access-Control-Allow-Origin')).toBe('https://site.example')
    expect(begun.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    const cookie = begun.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(new RegExp(`^emulsion-token-${ACCOUNT}=.+; Max-Age=\\d+; Path=/${ACCOUNT}/; HttpOnly; Secure; SameSite=None$`))
    const pair = cookie.split(';')[0] ?? ''

    const read = await send(closed, { headers: { Cookie: pair, ...site } })
    expect(read.status).toBe(200)
    expect(read.headers.get('Cache-Control')).toMatch(/^private/)
    expect(read.headers.get('Access-Control-Allow-Origin')).toBe('https://site.example')
    expect(read.headers.get('Access-Control-Allow-Credentials')).toBe('true')
    // A picture in a page carries no Origin but a Referer.
    expect(await outcome(send(closed, { headers: { Cookie: pair, Referer: 'https://site.example/page' } }))).toBe('200')
    expect(await outcome(send(closed, { headers: { Cookie: pair, Origin: 'https://evil.example' } }))).toBe('403 forbidden')
    expect(await outcome(send(closed, { headers: { Cookie: pair } }))).toBe('403 forbidden')
    expect(await outcome(send(closed))).toBe('401 unauthorized')
    // It is no key: nothing can be written with it.
    expect(await outcome(send(api('/uploads/binary?filePath=/x'), { method: 'POST', headers: { Cookie: pair, ...site }, body: 'x' }))).toBe(
      '401 unauthorized',
    )

    const silent = await send(`/api/v1/access_tokens/${ACCOUNT}?set-cookie=false`, {
      method: 'PUT',
      headers: site,
      body: JSON.stringify({ accessToken }),
    })
    expect(silent.headers.get('Set-Cookie')).toBeNull()
    const ended = await send(`/api/v1/access_tokens/${ACCOUNT}`, { method: 'DELETE', headers: site })
    expect(ended.headers.get('Set-Cookie')).toMatch(/Max-Age=0/)
    expect(
      await outcome(
        send(`/api/v1/access_tokens/${ACCOUNT}?set-cookie=true`, { method: 'PUT', headers: site, body: '{"accessToken":"a.b.c"}' }),
      ),
    ).toBe('401 token_invalid')
  })

  it('a preflight of a session names the site and allows credentials; no other one does', async () => {
    const ask = async (path: string) =>
      (
        await service()(path, {
          method: 'OPTIONS',
          headers: {
            Origin: 'https://s.example',
            'Access-Control-Request-Method': 'PUT',
            'Access-Control-Request-Headers': 'content-type',
          },
        })
      ).headers
    const session = await ask(`/api/v1/access_tokens/${ACCOUNT}`)
    expect([session.get('Access-Control-Allow-Origin'), session.get('Access-Control-Allow-Credentials')]).toEqual([
      'https://s.example',
      'true',
    ])
    for (const path of [closed, api('/uploads'), api('/uploads/x/parts/0/content')]) {
      const headers = await ask(path)
      expect([headers.get('Access-Control-Allow-Origin'), headers.get('Access-Control-Allow-Credentials')]).toEqual(['*', null])
      expect(headers.get('Access-Control-Allow-Methods')).toContain('PUT')
      const allowed = new Set(headers.get('Access-Control-Allow-Headers')?.toLowerCase().split(/,\s*/))
      expect([...allowed]).toEqual(expect.arrayContaining(['authorization', 'authorization-token', 'content-type']))
    }
  })
})

describe('public permissions of folders', () => {
  it('the nearest folder decides, for its scope and its processings; a cached result changes nothing', async () => {
    await put('/shown/a.png', picture('photo.png'))
    await put('/shown/deep/a.png', picture('photo.png'))
    await put('/shown/deep/er/a.png', picture('photo.png'))
    const result = `/${ACCOUNT}/image/shown/a.png?w=9`
    const warm = service()
    expect([(await warm(result)).headers.get('Emulsion-Cache'), (await warm(result)).headers.get('Emulsion-Cache')]).toEqual([
      'miss',
      'edge',
    ])
    await putFolder('/shown', [
      { permissions: { file: { downloadFile: ['raw'] } }, scope: 'Children' },
      { permissions: { file: { downloadFile: ['*'] } }, scope: 'Grandchildren+' },
    ])
    await putFolder('/shown/deep/er', [{ permissions: { file: { downloadFile: ['thumb*', 'image'] } }, scope: 'Children' }])
    const send = service()
    const cases: [string, string][] = [
      ['raw/shown/a.png', '200'],
      ['image/shown/a.png?w=9', '401 unauthorized'],
      ['raw/shown/deep/a.png', '200'],
      ['image/shown/deep/a.png?w=9', '200'],
      ['raw/shown/deep/er/a.png', '401 unauthorized'],
      ['image/shown/deep/er/a.png?w=9', '200'],
      // The stored file, whatever it is called.
      ['image/shown/deep/er/a.png?f=svg', '401 unauthorized'],
      ['image/shown/deep/a.png?f=svg', '415 unsupported_format'],
    ]
    for (const [path, expected] of cases) expect([path, await outcome(send(`/${ACCOUNT}/${path}`))]).toEqual([path, expected])
    expect(await outcome(send(`/${ACCOUNT}/image/shown/a.png?w=9`, { headers: bearer(SECRET_KEY) }))).toBe('200')
    expect(await outcome(send(`/${ACCOUNT}/image/shown/a.png?w=9`, { headers: bearer(PUBLIC_KEY) }))).toBe('403 forbidden')
  })

  it('a public picture shows no private one as its layer, and a save reads nothing that its key may not', async () => {
    expect(await outcome(service()(`/${ACCOUNT}/image/open/photo.png?image=/closed/photo.png`))).toBe('401 unauthorized')
    const save = (headers: Record<string, string>) =>
      service()(`/${ACCOUNT}/save/image/closed/photo.png?w=5`, { method: 'POST', headers, body: '{"destination":"/open/stolen.png"}' })
    expect(await outcome(save(bearer(PUBLIC_KEY)))).toBe('403 forbidden')
    expect(await outcome(save(bearer(KEYS.EMULSION_TEAM_KEY)))).toBe('403 forbidden')
    expect(await outcome(save(bearer(SECRET_KEY)))).toBe('200')
  })

  it('what is private is kept by nothing on the way', async () => {
    const response = await service()(closed, { headers: bearer(SECRET_KEY) })
    expect(response.headers.get('Cache-Control')).toBe('private, max-age=3600')
    expect((await service()(`/${ACCOUNT}/raw/open/photo.png`)).headers.get('Cache-Control')).toBe('public, max-age=3600')
  })
})

const HOST = new URL(ORIGIN).host
const toBase64Url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const keyBytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

/** As Bytescale documents it: HMAC-SHA256 over the URL without its scheme, with the decoded key. */
async function signed(pathAndQuery: string, keyId = 'main', secret = KEYS.EMULSION_URL_KEY, host = HOST): Promise<string> {
  const key = await crypto.subtle.importKey('raw', keyBytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = toBase64Url(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(host + pathAndQuery)))
  return `${pathAndQuery}&sig=1.${keyId}.${signature}`
}

/** AES-GCM of a query; with `bound` that text is the additional data. */
async function encrypted(
  path: string,
  query: string,
  { keyId = 'main', secret = KEYS.EMULSION_URL_KEY, bound }: { keyId?: string; secret?: string; bound?: string } = {},
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await crypto.subtle.importKey('raw', keyBytes(secret), 'AES-GCM', false, ['encrypt'])
  const additional = bound !== undefined && { additionalData: new TextEncoder().encode(bound) }
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, ...additional }, key, new TextEncoder().encode(query))
  return `${path}?enc=1.${keyId}.${toBase64Url(iv)}.${toBase64Url(ciphertext)}`
}

describe('signed URLs', () => {
  const soon = (): number => now() + 3600

  it('open what their key may read, as they were signed and until they expire', async () => {
    const good = await signed(`${closed}?exp=${soon()}`)
    const image = await signed(`/${ACCOUNT}/image/closed/photo.png?w=10&f=png&exp=${soon() * 1000}`)
    const signature = /sig=(.*)$/.exec(good)?.[1] ?? ''
    const cases: [string, string, string][] = [
      ['as signed', good, '200'],
      ['a picture, milliseconds', image, '200'],
      ['of a public file', await signed(`/${ACCOUNT}/raw/open/photo.png?exp=${soon()}`), '200'],
      ['with the signature elsewhere in the query', good.replace(/\?(exp=\d+)&(sig=.*)$/, '?$2&$1'), '200'],
      ['with another width', image.replace('w=10', 'w=100'), '403 signature_invalid'],
      ['with one more parameter', `${good}&download=true`, '403 signature_invalid'],
      ['with less parameters', image.replace('f=png&', ''), '403 signature_invalid'],
      ['replayed for another file', good.replace('/closed/photo', '/closed/deep/photo'), '403 signature_invalid'],
      ['replayed for another processing', good.replace('/raw/', '/image/'), '403 signature_invalid'],
      ['with another expiry', good.replace(/exp=\d+/, `exp=${soon() + 60}`), '403 signature_invalid'],
      [
        'signed for another host',
        await signed(`${closed}?exp=${soon()}`, 'main', KEYS.EMULSION_URL_KEY, 'other.example'),
        '403 signature_invalid',
      ],
      ['expired', await signed(`${closed}?exp=${now() - 10}`), '410 gone'],
      ['more than seven days ahead', await signed(`${closed}?exp=${now() + 8 * 86_400}`), '403 signature_invalid'],
      ['for ever', await signed(`${closed}?exp=inf`), '403 signature_invalid'],
      ['without exp', await signed(`${closed}?a=/`), '403 signature_invalid'],
      ['cut short', good.slice(0, -10), '403 signature_invalid'],
      ['with an empty signature', good.replace(/sig=.*$/, 'sig=1.main.'), '403 signature_invalid'],
      ['of another version', good.replace('sig=1.', 'sig=2.'), '403 signature_invalid'],
      ["with another key's id", good.replace('1.main.', '1.team.'), '403 signature_invalid'],
      ['with the id of a key that signs nothing', good.replace('1.main.', '1.next.'), '403 signature_invalid'],
      ['with an unknown id', good.replace('1.main.', '1.nobody.'), '403 signature_invalid'],
      ['twice signed', `${good}&sig=${signature}`, '403 signature_invalid'],
      ['by a key of another folder', await signed(`${closed}?exp=${soon()}`, 'team', KEYS.EMULSION_TEAM_URL_KEY), '403 forbidden'],
    ]
    const send = service()
    for (const [name, url, expected] of cases) expect([name, await outcome(send(url))]).toEqual([name, expected])
    expect((await send(good)).headers.get('Cache-Control')).toMatch(/^private, max-age=3(600|59\d)/)
  })
})

describe('the spelling that a client signed', () => {
  const soon = (): number => now() + 3600

  /** What arrives when the client signed `text`: its URL parser has rewritten it. */
  it.each([
    ['an apostrophe in the query', "image/closed/photo.png?w=20&text=It's"],
    ['an escaped apostrophe in the query', 'image/closed/photo.png?w=20&text=It%27s'],
    ['escaped letters and an apostrophe', "image/closed/photo.png?w=20&text=%C3%9Cber%20It's"],
    ['nothing escaped in the query', 'image/closed/photo.png?w=20&text=Über it\'s <b> "x"'],
    ['a space in the path', 'raw/closed/a b.png?download=true'],
    ['an escaped space in the path', 'raw/closed/a%20b.png?download=true'],
    ['letters beyond ASCII in the path', 'raw/closed/漢 {b}.png?download=true'],
    ['escaped letters in the path, an apostrophe in the query', "image/closed/%E6%BC%A2%20%7Bb%7D.png?w=20&text=It's"],
    ['a plus for a space', 'image/closed/photo.png?w=20&text=a+b'],
  ])('%s', async (_, text) => {
    for (const path of ['/closed/a b.png', '/closed/漢 {b}.png']) await put(path, picture('photo.png'))
    const good = await signed(`/${ACCOUNT}/${text}&exp=${soon()}`)
    expect(await outcome(service()(good))).toBe('200')
    expect(await outcome(service()(good.replace('/closed/', '/closed/deep/')))).toBe('403 signature_invalid')
    expect(await outcome(service()(good.replace('&exp', '&w=5&exp')))).toBe('403 signature_invalid')
  })
})

describe('encrypted URLs', () => {
  const plain = `/${ACCOUNT}/image/x.jpg`
  const soon = (): number => now() + 3600

  const team = { keyId: 'team', secret: KEYS.EMULSION_TEAM_URL_KEY }
  const image = `/${ACCOUNT}/image/closed/photo.png`
  const elsewhere = `/${ACCOUNT}/image/closed/deep/photo.png`

  it('with the path inside hide parameters and path, and open only as they were made', async () => {
    const good = await encrypted(plain, `path=/closed/photo.png&w=10&exp=${soon()}`)
    const cases: [string, string, string][] = [
      ['as made', good, '200'],
      ['raw', await encrypted(`/${ACCOUNT}/raw/nothing`, `path=/closed/photo.png&exp=${soon()}`), '200'],
      ['with a parameter beside it', `${good}&w=100`, '403 signature_invalid'],
      ['altered', `${good.slice(0, -3)}AAA`, '403 signature_invalid'],
      ['with another iv', good.replace(/enc=1\.main\.[^.]{4}/, 'enc=1.main.AAAA'), '403 signature_invalid'],
      ['by another key', good.replace('1.main.', '1.team.'), '403 signature_invalid'],
      ['expired', await encrypted(plain, `path=/closed/photo.png&exp=${now() - 1}`), '410 gone'],
      ['without exp', await encrypted(plain, 'path=/closed/photo.png'), '403 signature_invalid'],
      ['with a path that climbs', await encrypted(plain, `path=/open/../closed/photo.png&exp=${soon()}`), '400 invalid_path'],
      ['with two paths', await encrypted(plain, `path=/open/photo.png&path=/closed/photo.png&exp=${soon()}`), '403 signature_invalid'],
      ['by a key of another folder', await encrypted(plain, `path=/closed/photo.png&exp=${soon()}`, team), '403 forbidden'],
      ['empty', `${plain}?enc=`, '403 signature_invalid'],
      ['too few parts', `${plain}?enc=1.main.AAAA`, '403 signature_invalid'],
    ]
    const send = service()
    for (const [name, url, expected] of cases) expect([name, await outcome(send(url))]).toEqual([name, expected])
  })

  it('without a path inside open the URL that they were made for, and no other', async () => {
    const query = `w=10&exp=${soon()}`
    const bound = await encrypted(image, query, { bound: HOST + image })
    const unbound = await encrypted(image, query)
    const cases: [string, string, string][] = [
      ['bound to its URL', bound, '200'],
      ['moved to another file', bound.replace(image, elsewhere), '403 signature_invalid'],
      ['moved to another processing', bound.replace('/image/', '/raw/'), '403 signature_invalid'],
      ['made for another host', await encrypted(image, query, { bound: `other.example${image}` }), '403 signature_invalid'],
      ['bound, with a path inside', await encrypted(image, `path=/closed/deep/photo.png&${query}`, { bound: HOST + image }), '200'],
      ['bound to nothing', unbound, '403 signature_invalid'],
      ['bound to nothing, another file', unbound.replace(image, elsewhere), '403 signature_invalid'],
      ['bound to nothing, a public file', await encrypted(`/${ACCOUNT}/image/open/photo.png`, query), '403 signature_invalid'],
      ['bound, by a key of another folder', await encrypted(image, query, { ...team, bound: HOST + image }), '403 forbidden'],
    ]
    const send = service()
    for (const [name, url, expected] of cases) expect([name, await outcome(send(url))]).toEqual([name, expected])
  })
})
