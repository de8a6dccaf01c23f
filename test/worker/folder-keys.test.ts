import { beforeAll, describe, expect, it, vi } from 'vitest'
import { generateKeyPair, exportSPKI, SignJWT } from 'jose'
import { ACCOUNT, errorOf, picture, SECRET_KEY } from './support/client.ts'
import { ownedService, type Send } from './support/owned-service.ts'

const TEAM_KEY = 'secret_Emu1s1nTestTestTestTestTest3'
const PUBLIC_KEY = 'public_Emu1s1nTestTestTestTestTest1'

let privateKey: CryptoKey
let publicPem: string
const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const api = (path: string): string => `/v2/accounts/${ACCOUNT}${path}`

/** A key of the whole account, one of `/team`, a public one and a key that checks tokens. */
const service = (): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'EMULSION_SECRET_KEY' } },
            { id: 'team', kind: 'secret', key: { env: 'TEAM_KEY' }, folder: '/team' },
            { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
          ],
          tokenKeys: [{ env: 'TOKEN_KEY' }],
        },
      ],
    },
    { TEAM_KEY, TOKEN_KEY: publicPem },
  )

const put = async (path: string, body: BodyInit = picture('photo.png')): Promise<void> => {
  const response = await service()(api(`/uploads/binary?filePath=${encodeURIComponent(path)}`), {
    method: 'POST',
    headers: bearer(SECRET_KEY),
    body,
  })
  expect(response.status).toBe(200)
}

const json = (method: string, key: string, body: unknown, more: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { ...bearer(key), ...more },
  body: JSON.stringify(body),
})

async function outcome(response: Promise<Response>): Promise<string> {
  const answer = await response
  return answer.ok ? String(answer.status) : `${answer.status} ${(await errorOf(answer)).code}`
}

type Grants = readonly { readonly match: { readonly path: string; readonly scope: string }; readonly permissions: object }[]
const token = (pathPermissions: Grants, tagPermissions: object = {}): Promise<string> =>
  new SignJWT({ sub: 'user', accountId: ACCOUNT, access: { pathPermissions, tagPermissions } })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey)

const grants = (path: string, permissions: object, scopes: readonly string[] = ['This', 'Children', 'Grandchildren+']): Grants =>
  scopes.map((scope) => ({ match: { path, scope }, permissions }))

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  privateKey = pair.privateKey
  publicPem = await exportSPKI(pair.publicKey)
})

/** Waits for a job of the main key. */
const finished = (jobUrl: string): Promise<Record<string, unknown>> =>
  vi.waitUntil(
    async () => {
      const job = (await (await service()(new URL(jobUrl).pathname, { headers: bearer(SECRET_KEY) })).json()) as Record<string, unknown>
      return job['status'] === 'Succeeded' || job['status'] === 'Failed' ? job : null
    },
    { timeout: 20_000, interval: 20 },
  )
const started = async (response: Promise<Response>): Promise<{ jobUrl: string; jobId: string; jobType: string }> => (await response).json()

describe('a cache reset by a key of one folder', () => {
  const kept = async (path: string): Promise<string | null> =>
    (await service()(`/${ACCOUNT}/image${path}?w=11&cache_perm=true`)).headers.get('Emulsion-Cache')
  const reset = (key: string, pattern: string) =>
    service()(api('/cache/reset'), json('POST', key, { pattern, resetEdgeCache: true, resetPermanentCache: true }))

  it('reaches the files of that folder and no others, whatever the pattern', async () => {
    for (const path of ['/team/cached.png', '/open/cached.png', '/teamwork/cached.png']) {
      await put(path)
      expect(await kept(path)).toBe('miss')
    }
    for (const pattern of ['/*', '/*/*', '/image/*', '/image*', '/image/team*', '/image/open/cached.png', '/*/open/*', '/image/%6Fpen/*'])
      expect([pattern, await outcome(reset(TEAM_KEY, pattern))]).toEqual([pattern, '403 forbidden'])
    const job = await finished((await started(reset(TEAM_KEY, '/*/team/*'))).jobUrl)
    expect(job['summary']).toMatchObject({ resultsDeleted: 1, edgeReset: true })
    expect(await kept('/open/cached.png')).toMatch(/edge|store/)
    expect(await kept('/teamwork/cached.png')).toMatch(/edge|store/)
    expect(await kept('/team/cached.png')).toBe('miss')
  })

  it('finds files by their encoded path', async () => {
    await put('/team/a b+é.png')
    expect(await kept('/team/a%20b%2B%C3%A9.png')).toBe('miss')
    const job = await finished((await started(reset(TEAM_KEY, '/image/team/a%20b%2B%C3%A9.png'))).jobUrl)
    expect(job['summary']).toMatchObject({ resultsDeleted: 1 })
    expect(await kept('/team/a%20b%2B%C3%A9.png')).toBe('miss')
  })
})

describe('the jobs of a key of one folder', () => {
  const list = async (key: string): Promise<string[]> => {
    const { items } = (await (await service()(api('/jobs?jobType=DeleteFileBatchJob'), { headers: bearer(key) })).json()) as {
      items: { jobId: string }[]
    }
    return items.map(({ jobId }) => jobId)
  }

  it('are the only ones that it lists, reads and cancels', async () => {
    const own = await started(service()(api('/files/batch'), json('DELETE', TEAM_KEY, { files: ['/team/gone'] })))
    // More than one page of jobs of the account: the page of the folder must not come out empty.
    const foreign = await Promise.all(
      Array.from({ length: 11 }, () => started(service()(api('/files/batch'), json('DELETE', SECRET_KEY, { files: ['/open/gone'] })))),
    )
    const [theirs] = foreign
    expect(await list(TEAM_KEY)).toEqual([own.jobId])
    expect(await list(SECRET_KEY)).toHaveLength(10)
    for (const method of ['GET', 'DELETE']) {
      expect(await outcome(service()(new URL(own.jobUrl).pathname, { method, headers: bearer(TEAM_KEY) }))).toBe('200')
      expect(await outcome(service()(new URL(theirs?.jobUrl ?? '').pathname, { method, headers: bearer(TEAM_KEY) }))).toBe(
        '404 job_not_found',
      )
    }
    expect(await outcome(service()(new URL(own.jobUrl).pathname, { headers: bearer(SECRET_KEY) }))).toBe('200')
  })

  it('include its saves, and not what a token started beyond its key', async () => {
    await put('/team/saved.png')
    const save = (key: string) =>
      service()(`/${ACCOUNT}/save/image/team/saved.png?w=5`, {
        method: 'POST',
        headers: { ...bearer(key), Prefer: 'respond-async' },
        body: JSON.stringify({ destination: `/team/${crypto.randomUUID()}.png` }),
      })
    const [mine, mains] = [await started(save(TEAM_KEY)), await started(save(SECRET_KEY))]
    const seen = (job: { jobUrl: string }) => outcome(service()(new URL(job.jobUrl).pathname, { headers: bearer(TEAM_KEY) }))
    expect([await seen(mine), await seen(mains)]).toEqual(['200', '404 job_not_found'])
    const jwt = await token(grants('/open', { write: { file: { deleteFile: true } } }))
    const wide = service()(api('/files/batch'), json('DELETE', TEAM_KEY, { files: ['/open/gone'] }, { 'Authorization-Token': jwt }))
    expect(await seen(await started(wide))).toBe('404 job_not_found')
  })
})

describe('a copy', () => {
  const ask = (path: string, body: unknown, jwt: string, key = PUBLIC_KEY) =>
    outcome(service()(api(path), json('POST', key, body, { 'Authorization-Token': jwt })))
  const details = { read: { file: { getFileDetails: true } } }
  const bytes = { read: { file: { getFileDetails: true, downloadFile: ['raw'] } } }
  const pictures = { read: { file: { getFileDetails: true, downloadFile: ['image'] } } }

  it('needs the right to read the bytes, not only the details', async () => {
    await put('/closed/secret.png')
    await put('/closed/deep/secret.png')
    const closed = service()(
      api('/folders'),
      json('PUT', SECRET_KEY, { folderPath: '/closed', folderSettings: { publicPermissions: { set: true, value: [] } } }),
    )
    expect((await closed).status).toBe(200)
    const one = { source: '/closed/secret.png', destination: `/mine/${crypto.randomUUID()}.png` }
    const tree = { source: '/closed', destination: '/mine/tree', copyVirtualFolders: false }
    for (const permissions of [details, pictures]) {
      const jwt = await token(grants('/closed', permissions))
      expect(await ask('/files/copy', one, jwt)).toBe('403 forbidden')
      expect(await ask('/files/copy/batch', { files: [one] }, jwt)).toBe('403 forbidden')
      expect(await ask('/folders/copy', tree, jwt)).toBe('403 forbidden')
    }
    const children = await token([...grants('/closed', details), ...grants('/closed', bytes, ['Children'])])
    expect(await ask('/folders/copy', tree, children)).toBe('403 forbidden')
    expect(await ask('/folders/copy', { ...tree, recursive: false }, children)).toBe('200')
    const jwt = await token(grants('/closed', bytes))
    expect(await ask('/files/copy', one, jwt)).toBe('200')
    expect(await ask('/folders/copy', tree, jwt)).toBe('200')
  })

  it('of a folder is refused for a folder below it that is not public', async () => {
    await put('/partly-shown/a.png')
    await put('/partly-shown/hidden/a.png')
    const jwt = await token(grants('/partly-shown', details))
    const tree = { source: '/partly-shown', destination: '/mine/partly-shown', copyVirtualFolders: false }
    expect(await ask('/folders/copy', tree, jwt)).toBe('200')
    await service()(
      api('/folders'),
      json('PUT', SECRET_KEY, { folderPath: '/partly-shown/hidden', folderSettings: { publicPermissions: { set: true, value: [] } } }),
    )
    expect(await ask('/folders/copy', tree, jwt)).toBe('403 forbidden')
    expect(await ask('/folders/copy', { ...tree, recursive: false }, jwt)).toBe('200')
  })

  it('takes the right to overwrite from the destination, not from the source', async () => {
    await put('/rights/source.png')
    await put('/rights/taken.png')
    const write = { write: { file: { createFile: true, overwriteFile: true } } }
    const copy = (jwt: string) => ask('/files/copy', { source: '/rights/source.png', destination: '/rights/taken.png' }, jwt)
    const reading = grants('/rights/source.png', bytes, ['This'])
    expect(await copy(await token([...reading, ...grants('/rights/source.png', write, ['This'])]))).toBe('403 forbidden')
    expect(await copy(await token([...reading, ...grants('/rights/taken.png', write, ['This'])]))).toBe('200')
  })

  it('gives only tags that its sender may give', async () => {
    await put('/tagged/a.png')
    const write = { write: { file: { createFile: true, overwriteFile: true } } }
    const jwt = await token([...grants('/tagged', bytes), ...grants('/mine', write)], { write: ['mine-*'] })
    const [one, tree] = [
      { source: '/tagged/a.png', destination: '/mine/tagged.png' },
      { source: '/tagged', destination: '/mine/tagged', copyVirtualFolders: false },
    ]
    for (const [tag, expected] of [
      ['theirs', '403 forbidden'],
      ['mine-1', '200'],
    ] as const) {
      const tags = { value: [tag] }
      expect(await ask('/files/copy', { ...one, tags }, jwt)).toBe(expected)
      expect(await ask('/files/copy/batch', { files: [{ ...one, tags }] }, jwt)).toBe(expected)
      expect(await ask('/folders/copy', { ...tree, tags }, jwt)).toBe(expected)
    }
  })

  it.each([
    ['/loop', '/loop', '400 invalid_body'],
    ['/loop', '/loop/below', '400 invalid_body'],
    ['/', '/loop', '400 invalid_body'],
    ['/loop', '/looping', '200'],
    ['/loop/below', '/loop', '200'],
  ])('of the folder %s into %s is %s', async (source, destination, expected) => {
    expect(await outcome(service()(api('/folders/copy'), json('POST', SECRET_KEY, { source, destination })))).toBe(expected)
  })

  it('of a virtual folder changes no setting that its sender may not set', async () => {
    const hidden = { publicPermissions: { set: true, value: [] } }
    const shown = { publicPermissions: { set: true, value: [{ permissions: { file: { downloadFile: ['*'] } }, scope: 'Children' }] } }
    for (const [folderPath, folderSettings] of [
      ['/lax', shown],
      ['/strict', hidden],
    ] as const)
      expect((await service()(api('/folders'), json('PUT', SECRET_KEY, { folderPath, folderSettings }))).status).toBe(200)
    const jwt = await token([...grants('/lax', bytes), ...grants('/strict', { write: { folder: { createVirtualFolder: true } } })])
    const headers = { 'Authorization-Token': jwt }
    const body = { source: '/lax', destination: '/strict', copyFiles: false }
    const job = await finished((await started(service()(api('/folders/copy'), json('POST', PUBLIC_KEY, body, headers)))).jobUrl)
    expect(job).toMatchObject({ status: 'Succeeded' })
    const permissions = async (folderPath: string): Promise<unknown> => {
      const response = await service()(api(`/folders?folderPath=${folderPath}`), { headers: bearer(SECRET_KEY) })
      return ((await response.json()) as { settings: { publicPermissions?: unknown } }).settings.publicPermissions
    }
    expect(await permissions('/strict')).toEqual([])
    await finished((await started(service()(api('/folders/copy'), json('POST', SECRET_KEY, body)))).jobUrl)
    expect(await permissions('/strict')).toEqual(shown.publicPermissions.value)
  })
})

describe('a save', () => {
  it('merges the metadata of a file only for those who may read its details', async () => {
    const stored = await service()(api('/uploads/binary?filePath=/pictures/a.png&tag=secret'), {
      method: 'POST',
      headers: { ...bearer(SECRET_KEY), 'X-Upload-Metadata': '{"note":"private"}' },
      body: picture('photo.png'),
    })
    expect(stored.status).toBe(200)
    const value = [{ permissions: { file: { downloadFile: ['image'] } }, scope: 'Children' }]
    await service()(
      api('/folders'),
      json('PUT', SECRET_KEY, { folderPath: '/pictures', folderSettings: { publicPermissions: { set: true, value } } }),
    )
    const save = (key: string, body: object) =>
      outcome(
        service()(
          `/${ACCOUNT}/save/image/pictures/a.png?w=5`,
          json('POST', key, { destination: `/saved/${crypto.randomUUID()}.png`, ...body }),
        ),
      )
    expect(await save(PUBLIC_KEY, {})).toBe('200')
    expect(await save(PUBLIC_KEY, { metadata: { value: {}, merge: true } })).toBe('403 forbidden')
    expect(await save(PUBLIC_KEY, { tags: { value: [], merge: true } })).toBe('403 forbidden')
    expect(await save(SECRET_KEY, { metadata: { value: {}, merge: true } })).toBe('200')
  })
})

describe('a folder job that changes nothing', () => {
  it.each([
    ['DELETE', '/folders', { folderPath: '/open', deleteFiles: false, deleteVirtualFolders: false }],
    ['DELETE', '/folders/batch', { folders: [{ folderPath: '/open', deleteFiles: false, deleteVirtualFolders: false }] }],
    ['POST', '/folders/copy', { source: '/open', destination: '/x', copyFiles: false, copyVirtualFolders: false }],
    ['POST', '/folders/copy/batch', { folders: [{ source: '/open', destination: '/x', copyFiles: false, copyVirtualFolders: false }] }],
  ])('%s %s takes the same right', async (method, path, body) => {
    const jwt = await token(grants('/open', { read: { file: { getFileDetails: true } }, write: { file: { createFile: false } } }))
    const denied = await token([
      ...grants('/open', { read: { file: { getFileDetails: true } } }),
      ...grants('/x', { write: { file: { createFile: false } } }),
    ])
    expect(await outcome(service()(api(path), json(method, PUBLIC_KEY, body)))).toBe('403 forbidden')
    expect(await outcome(service()(api(path), json(method, PUBLIC_KEY, body, { 'Authorization-Token': denied })))).toBe('403 forbidden')
    expect(await outcome(service()(api(path), json(method, jwt, body)))).toBe('403 forbidden')
    expect(await outcome(service()(api(path), json(method, SECRET_KEY, body)))).toBe('200')
  })
})

describe('exceptions that deny', () => {
  it('a token that denies a folder below cannot delete, copy or list the folder above it', async () => {
    await put('/tree/a.txt', 'x')
    await put('/tree/kept/a.txt', 'x')
    const all = { read: { file: { getFileDetails: true }, folder: { listFolderChildren: true } }, write: { file: { deleteFile: true } } }
    const none = {
      read: { file: { getFileDetails: false }, folder: { listFolderChildren: false } },
      write: { file: { deleteFile: false } },
    }
    const except = await token([...grants('/tree', all), ...grants('/tree/kept', none)])
    const deletion = { folderPath: '/tree', deleteVirtualFolders: false }
    const copy = { source: '/tree', destination: '/mine/tree-2', copyVirtualFolders: false }
    const ask = (jwt: string) =>
      Promise.all([
        outcome(service()(api('/folders'), json('DELETE', jwt, deletion))),
        outcome(service()(api('/folders/copy'), json('POST', PUBLIC_KEY, copy, { 'Authorization-Token': jwt }))),
        outcome(service()(api('/folders/list?folderPath=/tree&recursive=true'), { headers: bearer(jwt) })),
      ])
    expect(await ask(except)).toEqual(['403 forbidden', '403 forbidden', '403 forbidden'])
    expect(await ask(await token(grants('/tree', all)))).toEqual(['200', '200', '200'])
  })
})
