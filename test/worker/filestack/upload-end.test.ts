import { env } from 'cloudflare:workers'
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createR2ChunkStore } from '../../../src/adapters/parts/r2-chunk-store.ts'
import { createR2FileStore } from '../../../src/adapters/r2-file-store.ts'
import { createR2MultipartStore } from '../../../src/adapters/r2-multipart-store.ts'
import { hash } from '../../../src/compose/platform.ts'
import { createDurableAccounts } from '../../../src/durable/account-client.ts'
import { createDurableFileClaims, createDurableHandleIndex } from '../../../src/durable/handle-client.ts'
import type { Env } from '../../../src/env.ts'
import { createJoinParts, type JoinDeps } from '../../../src/service/handles/parts/join.ts'
import type { Session } from '../../../src/service/handles/parts/session.ts'
import { ACCOUNT, request } from '../support/client.ts'
import { OPEN, outcome } from '../support/filestack.ts'
import { complete, type Done, finish, partUrl, put, send, start, type Ticket } from '../support/filestack-upload.ts'

const bindings = env as never as Env
const HELLO = new Uint8Array(new TextEncoder().encode('hello'))
const object = ({ upload_id }: Ticket) => bindings.HANDLE_UPLOADS.get(bindings.HANDLE_UPLOADS.idFromName(`${OPEN.key}/${upload_id}`))
const files = createR2FileStore(bindings.FILES)
const real: JoinDeps = {
  store: createR2MultipartStore(bindings.FILES),
  chunks: createR2ChunkStore(bindings.FILES),
  index: createDurableHandleIndex(bindings.HANDLES),
  claims: createDurableFileClaims(bindings.FILE_CLAIMS, hash),
  ledger: createDurableAccounts(bindings.ACCOUNTS),
  clock: { now: () => Date.now() },
  replaced: () => Promise.resolve(),
}

const sessionOf = (ticket: Ticket): Promise<Session> =>
  runInDurableObject(object(ticket), (_, { storage }) => storage.kv.get<Session>('session') as Session)
const change = (ticket: Ticket, part: Partial<Session>): Promise<void> =>
  runInDurableObject(object(ticket), (_, { storage }) => storage.kv.put('session', { ...storage.kv.get<Session>('session'), ...part }))
const ring = (ticket: Ticket): Promise<boolean> => runDurableObjectAlarm(object(ticket))
const status = async (handle: string): Promise<number> => (await request(`/api/file/${handle}`)).status
const chunksOf = async ({ upload_id }: Ticket): Promise<number> =>
  (await bindings.FILES.list({ prefix: `.uploads/${upload_id}/` })).objects.length

/** An upload whose only part is there. */
async function readyUpload(path: string): Promise<{ ticket: Ticket; session: Session; etag: string }> {
  const ticket = await start(5, {}, { path })
  const { etag } = await send(ticket, 1, HELLO)
  return { ticket, session: await sessionOf(ticket), etag: etag.slice(1, -1) }
}

class Died extends Error {}
/** The same dependencies, of which the step number `count` is the last: it is done or not, and its caller never hears of it. */
function dying(count: number, isDone: boolean): { readonly deps: JoinDeps; readonly died: () => boolean } {
  let steps = 0
  const guard = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver)
        if (typeof method !== 'function') return method
        return async (...args: unknown[]) => {
          if (steps >= count) throw new Died()
          const isLast = ++steps === count
          if (isLast && !isDone) throw new Died()
          const result: unknown = await Reflect.apply(method, target, args)
          if (isLast) throw new Died()
          return result
        }
      },
    })
  const { clock, replaced, ...ports } = real
  const guarded = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, guard(port)])) as unknown as typeof ports
  return { deps: { ...guarded, clock, replaced: guard({ replaced }).replaced }, died: () => steps >= count }
}
const STEPS = 9

describe('the process dies at any step of the joining', () => {
  const cases = Array.from({ length: STEPS }, (_, i) => [i + 1, true] as const).flatMap(([step]) => [
    [step, 'done', true] as const,
    [step, 'not done', false] as const,
  ])

  it.each(cases)('step %i, %s: going on gives one file with its handle', async (step, _, isDone) => {
    const { session, etag } = await readyUpload(`dies-${step}-${isDone}.txt`)
    const { upload } = session
    const parts = [{ number: 1, size: 5, etag }]
    const { deps } = dying(step, isDone)
    await createJoinParts(deps)
      .join(upload, parts)
      .catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Died))
    expect(await createJoinParts(real).join(upload, parts)).toBe('stored')
    expect(await createJoinParts(real).join(upload, parts)).toBe('stored')
    expect(await (await request(`/api/file/${upload.record.handle}`)).text()).toBe('hello')
    // The file goes with its one handle: no claim of another is left.
    await real.index.remove(upload.record.handle, false)
    expect(await files.head(ACCOUNT, upload.record.path)).toBeNull()
  })

  it.each(cases)('step %i, %s: giving it up leaves nothing', async (step, _, isDone) => {
    const { session, etag } = await readyUpload(`given-up-${step}-${isDone}.txt`)
    const { upload } = session
    const { deps, died } = dying(step, isDone)
    await createJoinParts(deps)
      .join(upload, [{ number: 1, size: 5, etag }])
      .catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Died))
    const { deps: again } = dying(step, isDone)
    await createJoinParts(again)
      .abandon(upload)
      .catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Died))
    await createJoinParts(real).abandon(upload)
    expect(await status(upload.record.handle)).toBe(404)
    if (died()) expect(await files.head(ACCOUNT, upload.record.path)).toBeNull()
  })

  it.each(cases)('step %i, %s, of joining what is joined: the handle is found all the time', async (step, _, isDone) => {
    const { session, etag } = await readyUpload(`joined-${step}-${isDone}.txt`)
    const parts = [{ number: 1, size: 5, etag }]
    await createJoinParts(real).join(session.upload, parts)
    await createJoinParts(dying(step, isDone).deps)
      .join(session.upload, parts)
      .catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Died))
    expect(await status(session.upload.record.handle)).toBe(200)
  })

  it('the steps are as many as the tests walk through', async () => {
    const { session, etag } = await readyUpload('counted.txt')
    const { deps, died } = dying(STEPS, true)
    await createJoinParts(deps).join(session.upload, [{ number: 1, size: 5, etag }])
    expect(died()).toBe(false)
  })
})

it('a joining that was recorded and never begun is done by the alarm', async () => {
  const { ticket, session, etag } = await readyUpload('recorded.txt')
  await change(ticket, { phase: 'joining', deadline: session.upload.expiresAt, parts: [{ number: 1, size: 5, etag }] })
  await ring(ticket)
  expect(await status(session.upload.record.handle)).toBe(200)
  expect((await finish(ticket, 5, [])).handle).toBe(session.upload.record.handle)
})

it('a joining that was recorded is done at once when the client asks again', async () => {
  const { ticket, session, etag } = await readyUpload('asked-again.txt')
  await change(ticket, { phase: 'joining', parts: [{ number: 1, size: 5, etag }] })
  expect((await finish(ticket, 5, [])).handle).toBe(session.upload.record.handle)
})

it('a part that the storage holds no more: 400, and it can be sent again', async () => {
  const { ticket, session } = await readyUpload('lost-part.txt')
  await change(ticket, { phase: 'joining', deadline: session.upload.expiresAt, parts: [{ number: 1, size: 5, etag: 'other' }] })
  expect(await outcome(await complete(ticket, 5, []))).toMatch(/400 .*replaced/)
  const { handle } = await finish(ticket, 5, [await send(ticket, 1, HELLO)])
  expect(await status(handle)).toBe(200)
})

it('a hundred at once are one', async () => {
  const { ticket, etag } = await readyUpload('hundred.txt')
  const answers = await Promise.all(Array.from({ length: 100 }, () => finish(ticket, 5, [{ part_number: 1, etag }])))
  expect(new Set(answers.map(({ handle }: Done) => handle)).size).toBe(1)
})

describe('expiry', () => {
  it.each(['nothing', 'a part', 'a chunk'])('an upload with %s ends, and nothing is left', async (what) => {
    const ticket = await start(5, { fii: true }, { path: `expired ${what}.txt` })
    const url = await partUrl(ticket, 1, HELLO)
    if (what === 'a part') await send(ticket, 1, HELLO, { fii: undefined })
    if (what === 'a chunk') await send(ticket, 1, HELLO, { fii: true, offset: 0 })
    expect(await chunksOf(ticket)).toBe(what === 'a chunk' ? 1 : 0)
    const { upload } = await sessionOf(ticket)
    await change(ticket, { deadline: 1 })
    await ring(ticket)
    expect(await outcome(await complete(ticket, 5, []))).toMatch(/404/)
    expect(await outcome(await put(url, 'hello'))).toMatch(/404/)
    expect(await chunksOf(ticket)).toBe(0)
    await expect(real.store.putPart({ ...upload, ...upload.record, exclusive: false }, 0, new Blob([HELLO]).stream(), 5)).rejects.toThrow()
  })

  it('the first part prolongs it; an upload without one ends early', async () => {
    const ticket = await start(5)
    const { deadline, upload } = await sessionOf(ticket)
    expect(deadline).toBe(upload.firstPartBy)
    await send(ticket, 1, HELLO)
    expect((await sessionOf(ticket)).deadline).toBe(upload.expiresAt)
    expect(await ring(ticket)).toBe(true)
    expect((await sessionOf(ticket)).phase).toBe('open')
  })

  it('the file of a finished one stays, and its record goes', async () => {
    const { ticket, etag } = await readyUpload('stays.txt')
    const { handle } = await finish(ticket, 5, [{ part_number: 1, etag }])
    await change(ticket, { deadline: 1 })
    await ring(ticket)
    expect(await status(handle)).toBe(200)
    expect(await outcome(await complete(ticket, 5, []))).toMatch(/404/)
  })

  it('chunks go when the file is made', async () => {
    const ticket = await start(5, { fii: true })
    const part = await send(ticket, 1, HELLO, { fii: undefined })
    await send(ticket, 1, HELLO, { fii: true, offset: 0 })
    await finish(ticket, 5, [part])
    expect(await chunksOf(ticket)).toBe(0)
  })
})
