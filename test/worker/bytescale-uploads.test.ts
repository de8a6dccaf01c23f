import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { ACCOUNT, errorOf, ORIGIN, PUBLIC_KEY, request, SECRET_KEY } from './support/client.ts'
import { ownedService, type Send } from './support/owned-service.ts'

const bindings = env as unknown as { readonly UPLOADS: DurableObjectNamespace; readonly FILES: R2Bucket } // what wrangler.toml binds
const bearer = (key = SECRET_KEY): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const uploads = `/v2/accounts/${ACCOUNT}/uploads`

interface Begun {
  readonly uploadId: string
  readonly file: { readonly filePath: string }
  readonly uploadParts: { readonly count: number; readonly first: { readonly uploadUrl: string } }
}
async function begin(body: object, key = SECRET_KEY, send: Send = request): Promise<Begun> {
  const response = await send(uploads, { method: 'POST', headers: bearer(key), body: JSON.stringify({ protocol: '1.1', ...body }) })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}
const putPart = (url: string, body: BodyInit | null, init: RequestInit = {}): Promise<Response> =>
  request(url.slice(ORIGIN.length), { method: 'PUT', body, ...init })
const complete = (uploadId: string, index: number, etag: string): Promise<Response> =>
  request(`${uploads}/${uploadId}/parts/${index}`, { method: 'PUT', headers: bearer(), body: JSON.stringify({ etag }) })
const raw = (path: string): Promise<Response> => request(`/${ACCOUNT}/raw${path}`)
const stub = (uploadId: string): DurableObjectStub => bindings.UPLOADS.get(bindings.UPLOADS.idFromName(`${ACCOUNT}/${uploadId}`))
async function outcome(answer: Promise<Response>): Promise<string> {
  const response = await answer
  return response.ok ? String(response.status) : `${response.status} ${(await errorOf(response)).code}`
}

describe('the URL of a part', () => {
  it('is the only credential, and shows its ETag to pages of any site', async () => {
    const { uploadParts } = await begin({ size: 3 })
    const response = await putPart(uploadParts.first.uploadUrl, 'abc', {
      headers: { Origin: 'https://site.example', 'Content-Type': 'image/jpeg', Authorization: 'Bearer nonsense' },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toMatch(/^".+"$/)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Expose-Headers')?.toLowerCase()).toContain('etag')
  })

  it('opens one part of one upload for a while, and nothing else', async () => {
    const { uploadId, uploadParts } = await begin({ size: 6 * 1024 * 1024 })
    const other = await begin({ size: 3 })
    const { uploadUrl } = uploadParts.first
    const changed: [string, string][] = [
      [uploadUrl.replace('/parts/0/', '/parts/1/'), '403 signature_invalid'],
      [uploadUrl.replace(uploadId, other.uploadId), '403 signature_invalid'],
      [uploadUrl.replace(/expires=\d/, 'expires=9'), '403 signature_invalid'],
      [uploadUrl.replace(/signature=.{4}/, 'signature=AAAA'), '403 signature_invalid'],
      [uploadUrl.slice(0, -6), '403 signature_invalid'],
      [uploadUrl.replace(/signature=.*/, 'signature='), '403 signature_invalid'],
      [uploadUrl.replace(/\?.*/, ''), '403 signature_invalid'],
      [uploadUrl.replace(ACCOUNT, 'W142hJk'), '404 not_found'],
    ]
    for (const [url, expected] of changed) expect([url, await outcome(putPart(url, 'abc'))]).toEqual([url, expected])
  })
})

describe('an upload in parts', () => {
  it('takes its path only once everything is there, and at the same time from one sender alone', async () => {
    const ends = await Promise.all([begin({ size: 3, path: '/race.txt' }, PUBLIC_KEY), begin({ size: 3, path: '/race.txt' }, PUBLIC_KEY)])
    const etags = await Promise.all(
      ends.map(
        async ({ uploadParts }, i) => (await putPart(uploadParts.first.uploadUrl, i === 0 ? 'one' : 'two')).headers.get('ETag') ?? '',
      ),
    )
    expect((await raw('/race.txt')).status).toBe(404)
    const outcomes = await Promise.all(ends.map(({ uploadId }, i) => outcome(complete(uploadId, 0, etags[i] ?? ''))))
    expect(outcomes.toSorted()).toEqual(['200', '403 forbidden'])
    expect(await (await raw('/race.txt')).text()).toBe(outcomes[0] === '200' ? 'one' : 'two')
    // And the other way: the path was taken by somebody else in the meantime.
    const late = await begin({ size: 3, path: '/late.txt' }, PUBLIC_KEY)
    const etag = (await putPart(late.uploadParts.first.uploadUrl, 'new')).headers.get('ETag') ?? ''
    await request(`${uploads}/binary?filePath=/late.txt`, { method: 'POST', headers: bearer(), body: 'old' })
    expect(await outcome(complete(late.uploadId, 0, etag))).toBe('403 forbidden')
    expect(await outcome(complete(late.uploadId, 0, etag))).toBe('403 forbidden')
    expect(await (await raw('/late.txt')).text()).toBe('old')
  })

  it('one completion answers Completed when the last ones come at the same time', async () => {
    const size = 11 * 1024 * 1024
    const { uploadId, file } = await begin({ size })
    const etags = await Promise.all(
      [0, 1, 2].map(async (index) => {
        const { uploadUrl } = await (
          await request(`${uploads}/${uploadId}/parts/${index}`, { headers: bearer() })
        ).json<{ uploadUrl: string }>()
        return (
          (await putPart(uploadUrl, new Uint8Array(index === 2 ? 1024 * 1024 : 5 * 1024 * 1024).fill(index + 1))).headers.get('ETag') ?? ''
        )
      }),
    )
    const answers = await Promise.all(etags.map(async (etag, index) => (await complete(uploadId, index, etag)).json<{ status: string }>()))
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['Completed', 'Pending', 'Pending'])
    const bytes = new Uint8Array(await (await raw(file.filePath)).arrayBuffer())
    expect([bytes.length, bytes[0], bytes[5 * 1024 * 1024], bytes.at(-1)]).toEqual([size, 1, 2, 3])
  })

  it('the same completion sent several times at once joins the parts once, and all hear of it', async () => {
    const { uploadId, uploadParts } = await begin({ size: 3 })
    const etag = (await putPart(uploadParts.first.uploadUrl, 'abc')).headers.get('ETag') ?? ''
    const answers = await Promise.all([0, 1, 2, 3].map(async () => (await complete(uploadId, 0, etag)).json()))
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify(answers[0])]))
    expect(answers[0]).toMatchObject({ status: 'Completed' })
  })

  it('abandoned, leaves nothing after its expiry', async () => {
    const begun = await begin({ size: 6 * 1024 * 1024, path: '/abandoned.bin' })
    await putPart(begun.uploadParts.first.uploadUrl, new Uint8Array(5 * 1024 * 1024))
    const object = stub(begun.uploadId)
    const storageId = await runInDurableObject(
      object,
      (_, { storage }) => storage.kv.get<{ upload: { storageId: string } }>('session')?.upload.storageId ?? '',
    )
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await runInDurableObject(object, (_, { storage }) => [[...storage.kv.list()], storage.sql.databaseSize > 50_000])).toEqual([
      [],
      false,
    ])
    const parts = bindings.FILES.resumeMultipartUpload(`${ACCOUNT}/abandoned.bin`, storageId)
    await expect(parts.uploadPart(1, 'x')).rejects.toThrow()
    expect(await outcome(request(`${uploads}/${begun.uploadId}/parts`, { headers: bearer() }))).toBe('404 upload_not_found')
    expect(await outcome(putPart(begun.uploadParts.first.uploadUrl, 'x'))).toBe('404 upload_not_found')
    expect((await raw('/abandoned.bin')).status).toBe(404)
  })

  describe('whose joining failed, is joined', () => {
    /** A file of one part that is stored and not joined: the storage failed once. */
    async function stuck(path: string, protocol: string) {
      const begun = await begin({ size: 3, path, protocol })
      const join = vi.spyOn(Object.getPrototypeOf(bindings.FILES) as R2Bucket, 'head').mockRejectedValueOnce(new Error('no answer'))
      const etag = '"' + ((await putPart(begun.uploadParts.first.uploadUrl, 'abc')).headers.get('ETag') ?? '').replaceAll('"', '') + '"'
      const first = protocol === '1.0' ? 502 : (await complete(begun.uploadId, 0, etag)).status
      join.mockRestore()
      expect(first).toBe(502)
      expect((await raw(path)).status).toBe(404)
      return { ...begun, url: begun.uploadParts.first.uploadUrl, etag }
    }
    const text = async (path: string): Promise<string> => (await raw(path)).text()

    it('by the part that comes again', async () => {
      const { url } = await stuck('/stuck-put.txt', '1.0')
      const again = await putPart(url, 'abc')
      expect([again.status, again.headers.get('ETag')]).toEqual([200, expect.stringMatching(/^".+"$/)])
      expect(await text('/stuck-put.txt')).toBe('abc')
      // The answer may get lost once more.
      expect((await putPart(url, 'abc')).headers.get('ETag')).toBe(again.headers.get('ETag'))
    })

    it('by a completion that comes again', async () => {
      const { uploadId, etag } = await stuck('/stuck-complete.txt', '1.1')
      expect(await (await complete(uploadId, 0, etag)).json()).toMatchObject({ status: 'Completed' })
      expect(await text('/stuck-complete.txt')).toBe('abc')
    })

    it.each(['1.0', '1.1'])('by its alarm, long before the deadline (%s)', async (protocol) => {
      const { uploadId } = await stuck(`/stuck-alarm-${protocol}.txt`, protocol)
      const rings = await runInDurableObject(stub(uploadId), (_, { storage }) => storage.getAlarm())
      expect(Number(rings) - Date.now()).toBeLessThan(60_000)
      await runDurableObjectAlarm(stub(uploadId))
      expect(await text(`/stuck-alarm-${protocol}.txt`)).toBe('abc')
    })

    it('at the deadline at the latest', async () => {
      const { uploadId } = await stuck('/stuck-deadline.txt', '1.1')
      await runInDurableObject(stub(uploadId), (_, { storage }) => {
        const session = storage.kv.get<object>('session')
        storage.kv.put('session', { ...session, deadline: Date.now() - 1 })
      })
      await runDurableObjectAlarm(stub(uploadId))
      expect(await text('/stuck-deadline.txt')).toBe('abc')
    })
  })

  it('finished, stays when its record expires', async () => {
    const { uploadId, uploadParts, file } = await begin({ size: 3, path: '/kept.txt' }, PUBLIC_KEY)
    await complete(uploadId, 0, (await putPart(uploadParts.first.uploadUrl, 'abc')).headers.get('ETag') ?? '')
    await runDurableObjectAlarm(stub(uploadId))
    expect(await (await raw(file.filePath)).text()).toBe('abc')
  })

  it('asking for an upload that never was leaves no storage behind', async () => {
    await outcome(request(`${uploads}/neverWasNeverWas/parts`, { headers: bearer() }))
    const ids = (await listDurableObjectIds(bindings.UPLOADS)).map(String)
    const object = stub('neverWasNeverWas')
    if (ids.includes(String(object.id)))
      expect(
        await runInDurableObject(object, (_, { storage }) => [
          ...storage.sql.exec('SELECT name FROM sqlite_master WHERE name = ?', 'part'),
        ]),
      ).toEqual([])
  })

  it('an account has so many under way, and finished ones count no more', async () => {
    const send = ownedService(
      {
        accounts: [{ id: 'W142hJk', keys: [{ id: 'main', kind: 'secret', key: { env: 'LIMITED_KEY' } }] }],
        uploads: { maxPending: 2 },
      },
      { LIMITED_KEY: 'secret_W142hJkTestTestTestTestTest6' },
    )
    const headers = bearer('secret_W142hJkTestTestTestTestTest6')
    const start = () => send('/v2/accounts/W142hJk/uploads', { method: 'POST', headers, body: '{"size":1,"protocol":"1.0"}' })
    const first = await (await start()).json<Begun>()
    expect(await outcome(start())).toBe('200')
    expect(await outcome(start())).toBe('429 too_many_requests')
    expect((await send(first.uploadParts.first.uploadUrl.slice(ORIGIN.length), { method: 'PUT', body: 'x' })).status).toBe(200)
    expect(await outcome(start())).toBe('200')
  })
})

describe('POST uploads/form_data', () => {
  const post = (form: FormData, query = ''): Promise<Response> =>
    request(`${uploads}/form_data${query}`, { method: 'POST', headers: bearer(PUBLIC_KEY), body: form })

  it('stores every file, and says of each that fails why', async () => {
    const form = new FormData()
    form.append('one', new File(['1'], 'a.txt', { type: 'text/plain' }))
    form.append('two', new File(['2'], 'a.txt', { type: 'text/plain' }))
    form.append('three', new File(['3'], 'b.bin'))
    form.append('text', 'is no file')
    const response = await post(form, '?folderPath=/form&fileName={ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      files: [
        {
          accountId: ACCOUNT,
          etag: expect.any(String),
          filePath: '/form/a.txt',
          fileUrl: `${ORIGIN}/${ACCOUNT}/raw/form/a.txt`,
          formDataFieldName: 'one',
        },
        {
          accountId: ACCOUNT,
          etag: expect.any(String),
          filePath: '/form/b.bin',
          fileUrl: `${ORIGIN}/${ACCOUNT}/raw/form/b.bin`,
          formDataFieldName: 'three',
        },
      ],
      errors: [
        {
          error: expect.objectContaining({ code: 'forbidden', message: expect.any(String), timestamp: expect.any(String) }),
          formDataFieldName: 'two',
        },
      ],
    })
    expect(await (await raw('/form/a.txt')).text()).toBe('1')
    expect((await raw('/form/a.txt')).headers.get('Content-Type')).toBe('text/plain')
  })

  it('wants a form with files', async () => {
    expect(await outcome(post(new FormData()))).toBe('400 invalid_body')
    expect(await outcome(request(`${uploads}/form_data`, { method: 'POST', headers: bearer(), body: 'x' }))).toBe('400 invalid_body')
  })
})

describe('names and paths from strangers', () => {
  const named = (query: string): Promise<string> =>
    outcome(request(`${uploads}/binary?${query}`, { method: 'POST', headers: bearer(), body: 'x' }))

  it.each([
    ['filePath=/a/../b'],
    ['filePath=/..'],
    ['filePath=/a/./b'],
    ['filePath=/a//b'],
    ['filePath=/a/'],
    ['filePath=a'],
    ['filePath='],
    ['filePath=/a%00b'],
    ['filePath=/a%0d%0aSet-Cookie:x=1'],
    ['filePath=/a%5c..%5cb'],
    ['filePath=/a%e2%80%a8b'],
    [`filePath=/${'x'.repeat(512)}`],
    ['folderPath=/a/..&fileName=x'],
    ['folderPath=..&fileName=x'],
    ['folderPath=/a&fileName=../x'],
    ['folderPath=/a&fileName=..'],
    ['folderPath=/a&fileName=x/y'],
    ['folderPath=/{NOPE}&fileName=x'],
  ])('%s is refused', async (query) => expect(await named(query)).toBe('400 invalid_path'))

  it.each(['/a%2Fb', '/a%2fb', '/%2e%2e%2fx', '/a/%2e%2e', '/%2e', '/a%5Cb', '/%00', '/%ff', '/%c0%ae%c0%ae/x', '//x', '/a//b'])(
    'GET raw%s never reaches another file',
    async (path) => {
      const response = await raw(path)
      expect([400, 404]).toContain(response.status)
      expect((await errorOf(response)).code).toMatch(/invalid_path|not_found/)
    },
  )

  it.each([
    ['x\r\nSet-Cookie: a=b'],
    ['x"; filename="evil.exe'],
    ["x'%0d%0aX-Evil: 1"],
    ['naïve ☂ 😀.txt'],
    ['a;b,c=d.txt'],
    ['\\..\\x.txt'],
  ])('the name %j neither splits a header nor leaves its folder', async (name) => {
    const path = `/names/{ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}`
    const response = await request(
      `${uploads}/binary?originalFileName=${encodeURIComponent(name)}&folderPath=/names&fileName=${encodeURIComponent(path.slice(7))}`,
      { method: 'POST', headers: bearer(), body: 'x' },
    )
    if (response.status === 400) {
      expect((await errorOf(response)).code).toBe('invalid_parameter')
      return
    }
    const { filePath, fileUrl } = await response.json<{ filePath: string; fileUrl: string }>()
    expect(filePath).toMatch(/^\/names\/[^/]+$/)
    const stored = await request(fileUrl.slice(ORIGIN.length))
    expect(stored.status).toBe(200)
    expect([stored.headers.get('Set-Cookie'), stored.headers.get('X-Evil')]).toEqual([null, null])
    expect(stored.headers.get('Content-Disposition')).toMatch(
      /^inline; filename="(?:[^"\\\r\n]|\\.)*"(?:; filename\*=UTF-8''[\w%.!~*'()-]+)?$|^inline; filename=[\w.-]+$/,
    )
  })

  it.each<[string, Record<string, string>, string]>([
    ['metadata of 2049 bytes', { 'X-Upload-Metadata': JSON.stringify({ a: 'x'.repeat(2049 - 8) }) }, '400 invalid_parameter'],
    ['metadata of 2048 bytes', { 'X-Upload-Metadata': JSON.stringify({ a: 'x'.repeat(2048 - 8) }) }, '200'],
    ['metadata that is a list', { 'X-Upload-Metadata': '[]' }, '400 invalid_parameter'],
    ['metadata of another encoding', { 'X-Upload-Metadata': '{"a":"\\u0000\\ud800"}' }, '200'],
    ['a type that is none', { 'Content-Type': 'nonsense' }, '400 invalid_parameter'],
  ])('%s', async (_, headers, expected) => {
    expect(
      await outcome(request(`${uploads}/binary?filePath=/meta.txt`, { method: 'POST', headers: { ...bearer(), ...headers }, body: 'x' })),
    ).toBe(expected)
  })
})
