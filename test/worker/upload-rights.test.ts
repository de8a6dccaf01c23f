import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createR2FileStore } from '../../src/adapters/r2-file-store.ts'
import { createDurableAccounts } from '../../src/durable/account-client.ts'
import type { Env } from '../../src/env.ts'
import { bytesOf, signText } from '../../src/http/hmac.ts'
import { errorOf, ORIGIN } from './support/client.ts'
import { ownedService, type Send } from './support/owned-service.ts'

const bindings = env as unknown as Env // what wrangler.toml binds
const ACCOUNT = 'W142hJk'
const SECRET = 'secret_W142hJkTestTestTestTestTest1'
const PUBLIC = 'public_W142hJkTestTestTestTestTest2'
const OTHER = 'public_W142hJkTestTestTestTestTest3'
const TEAM = 'secret_W142hJkTestTestTestTestTest4'
const UPLOADS = `/v2/accounts/${ACCOUNT}/uploads`

const service = (uploads: { readonly maxPending?: number; readonly maxPendingPerAddress?: number } = {}): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'secret', kind: 'secret', key: { env: 'SECRET' } },
            { id: 'team', kind: 'secret', key: { env: 'TEAM' }, folder: '/team' },
            { id: 'public', kind: 'public', key: { env: 'PUBLIC' } },
            { id: 'other', kind: 'public', key: { env: 'OTHER' } },
          ],
        },
      ],
      uploads,
    },
    { SECRET, PUBLIC, OTHER, TEAM },
  )

const bearer = (key: string, address?: string): Record<string, string> => ({
  Authorization: `Bearer ${key}`,
  ...(address !== undefined && { 'CF-Connecting-IP': address }),
})

interface Begun {
  readonly uploadId: string
  readonly uploadParts: { readonly first: { readonly uploadUrl: string } }
}

async function outcome(response: Promise<Response>): Promise<string> {
  const answer = await response
  return answer.ok ? String(answer.status) : `${answer.status} ${(await errorOf(answer)).code}`
}

const begin = (send: Send, key: string, { address, path, size = 1 }: { address?: string; path?: string; size?: number } = {}) =>
  send(UPLOADS, { method: 'POST', headers: bearer(key, address), body: JSON.stringify({ size, protocol: '1.1', path }) })
const begun = async (...args: Parameters<typeof begin>): Promise<Begun> => (await begin(...args)).json()
const putPart = (send: Send, { uploadParts }: Begun, body = 'x') =>
  send(uploadParts.first.uploadUrl.slice(ORIGIN.length), { method: 'PUT', body })
const complete = async (send: Send, upload: Begun, key: string): Promise<Response> => {
  const etag = (await putPart(send, upload)).headers.get('ETag')
  return send(`${UPLOADS}/${upload.uploadId}/parts/0`, { method: 'PUT', headers: bearer(key), body: JSON.stringify({ etag }) })
}
const abort = (send: Send, { uploadId }: Begun, key: string) =>
  outcome(send(`${UPLOADS}/${uploadId}`, { method: 'DELETE', headers: bearer(key) }))
const session = ({ uploadId }: Begun) => bindings.UPLOADS.get(bindings.UPLOADS.idFromName(`${ACCOUNT}/${uploadId}`))
const alarmIn = async (upload: Begun): Promise<number> =>
  Math.round((((await runInDurableObject(session(upload), (_, { storage }) => storage.getAlarm())) ?? 0) - Date.now()) / 60_000)

describe('the quota of unfinished uploads', () => {
  it('is counted by key: a public key cannot use up what others need', async () => {
    const send = service({ maxPending: 3 })
    for (let i = 0; i < 3; i++) expect(await outcome(begin(send, PUBLIC))).toBe('200')
    expect(await outcome(begin(send, PUBLIC))).toBe('429 too_many_requests')
    for (const key of [SECRET, OTHER, TEAM]) expect(await outcome(begin(send, key, { path: '/team/a' }))).toBe('200')
  })

  it('is counted by client address for everyone but secret keys; an IPv6 network counts as one address', async () => {
    const send = service({ maxPendingPerAddress: 2 })
    const ask = (address: string, key = OTHER) => outcome(begin(send, key, { address }))
    expect([await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.1')]).toEqual(['200', '200', '429 too_many_requests'])
    expect([await ask('192.0.2.2'), await ask('::ffff:192.0.2.3')]).toEqual(['200', '200'])
    const network = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::7', '2001:db8:1:2:1:2:3:4', '2001:db8:1:3::1']
    expect(await Promise.all(network.slice(0, 2).map((address) => ask(address)))).toEqual(['200', '200'])
    expect(await Promise.all(network.slice(2).map((address) => ask(address)))).toEqual(['429 too_many_requests', '200'])
    for (let i = 0; i < 3; i++) expect(await ask('192.0.2.1', SECRET)).toBe('200')
  })

  it('is given back by an abort, and after a short time when no part has come', async () => {
    const send = service({ maxPendingPerAddress: 1 })
    const first = await begun(send, PUBLIC, { address: '198.51.100.1' })
    expect(await outcome(begin(send, PUBLIC, { address: '198.51.100.1' }))).toBe('429 too_many_requests')
    expect([await abort(send, first, PUBLIC), await abort(send, first, PUBLIC)]).toEqual(['200', '200'])
    expect(await outcome(putPart(send, first))).toMatch(/^4/)
    const second = await begun(send, PUBLIC, { address: '198.51.100.1' })
    expect(await alarmIn(second)).toBe(15)
    await runDurableObjectAlarm(session(second))
    expect(await outcome(begin(send, PUBLIC, { address: '198.51.100.1' }))).toBe('200')
  })

  it('is given back by time alone, when nobody could tell that an upload ended', async () => {
    const ledger = createDurableAccounts(bindings.ACCOUNTS)
    const admit = (uploadId: string, expiresAt: number) =>
      ledger.admit(ACCOUNT, { uploadId, keyId: 'lost', address: '', expiresAt }, { perKey: 1, perAddress: null })
    expect(await admit('expired', Date.now() - 1)).toBeNull()
    expect(await admit('next', Date.now() + 60_000)).toBeNull()
    expect(await admit('third', Date.now() + 60_000)).toBe('perKey')
  })

  it('is kept for the whole lifetime once a part has come', async () => {
    const send = service({ maxPendingPerAddress: 1 })
    const upload = await begun(send, PUBLIC, { address: '198.51.100.2', size: 6_000_000 })
    expect((await putPart(send, upload, 'x'.repeat(5_242_880))).status).toBe(200)
    expect(await alarmIn(upload)).toBe(24 * 60)
    const rows = await runInDurableObject(bindings.ACCOUNTS.get(bindings.ACCOUNTS.idFromName(ACCOUNT)), (_, { storage }) =>
      storage.sql.exec<{ expires_at: number }>('SELECT expires_at FROM pending_upload WHERE id = ?', upload.uploadId).toArray(),
    )
    expect(Math.round(((rows[0]?.expires_at ?? 0) - Date.now()) / 60_000)).toBe(24 * 60)
  })

  it('an upload is given up by its own key or by a secret key that reaches its path', async () => {
    const send = service()
    const make = () => begun(send, PUBLIC, { path: `/elsewhere/${crypto.randomUUID()}`, address: '198.51.100.3' })
    expect(await abort(send, await make(), OTHER)).toBe('403 forbidden')
    expect(await abort(send, await make(), TEAM)).toBe('403 forbidden')
    expect(await abort(send, await make(), SECRET)).toBe('200')
    expect(await abort(send, { ...(await make()), uploadId: 'neverWasNeverWas' }, SECRET)).toBe('404 upload_not_found')
    const done = await make()
    expect((await complete(send, done, PUBLIC)).status).toBe(200)
    expect(await abort(send, done, PUBLIC)).toBe('409 upload_finished')
  })
})

describe('the address of a part', () => {
  it('holds for one part, by a secret key of the account, until it expires', async () => {
    const send = service()
    const { uploadId, uploadParts } = await begun(send, SECRET)
    const url = new URL(uploadParts.first.uploadUrl)
    const put = (expires: number, signature: string, path = url.pathname) =>
      outcome(send(`${path}?expires=${expires}&signature=${signature}`, { method: 'PUT', body: 'x' }))
    const sign = (key: string, expires: number, path = url.pathname) => signText(bytesOf(`part-url:${key}`), `PUT\n${path}\n${expires}`)
    const [soon, past] = [Date.now() + 60_000, Date.now() - 1]
    expect(Number(url.searchParams.get('expires'))).toBeLessThanOrEqual(Date.now() + 3_600_000)
    expect(await put(soon, await sign(PUBLIC, soon))).toBe('403 signature_invalid')
    expect(await put(past, await sign(SECRET, past))).toBe('410 gone')
    expect(await put(soon + 1, await sign(SECRET, soon))).toBe('403 signature_invalid')
    expect(await put(soon, await sign(SECRET, soon), `${UPLOADS}/${uploadId}/parts/1/content`)).toBe('403 signature_invalid')
    expect(await put(soon, '')).toBe('403 signature_invalid')
    expect(await put(soon, await sign(SECRET, soon))).toBe('200')
  })
})

describe('two senders that may not overwrite, at the same path at once', () => {
  it('one stores the file and the other is refused: binary', async () => {
    const send = service()
    const path = `/race/${crypto.randomUUID()}`
    const put = (body: string) => outcome(send(`${UPLOADS}/binary?filePath=${path}`, { method: 'POST', headers: bearer(PUBLIC), body }))
    expect((await Promise.all([put('a'), put('b'), put('c')])).sort()).toEqual(['200', '403 forbidden', '403 forbidden'])
  })

  it('one stores the file and the other is refused: in parts', async () => {
    const send = service()
    const path = `/race/${crypto.randomUUID()}`
    const uploads = await Promise.all([begun(send, PUBLIC, { path }), begun(send, PUBLIC, { path })])
    const answers = await Promise.all(uploads.map((upload) => outcome(complete(send, upload, PUBLIC))))
    expect(answers.sort()).toEqual(['200', '403 forbidden'])
  })

  it('the store itself keeps the condition', async () => {
    const files = createR2FileStore(bindings.FILES)
    const meta = { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] }
    const path = `/race/${crypto.randomUUID()}`
    expect(await files.put(ACCOUNT, path, bytesOf('first'), meta, { ifAbsent: true })).toMatchObject({ path })
    expect(await files.put(ACCOUNT, path, bytesOf('second'), meta, { ifAbsent: true })).toBeNull()
    const stream = new Response('third').body as ReadableStream<Uint8Array>
    expect(await files.put(ACCOUNT, path, { stream, size: 5 }, meta, { ifAbsent: true })).toBeNull()
    expect(await new Response((await files.open(ACCOUNT, path))?.body).text()).toBe('first')
  })
})
