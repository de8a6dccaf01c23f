import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import type { MultipartStore } from '../../../../src/service/files/multipart-ports.ts'
import { createJoinSentParts, nameOf } from '../../../../src/service/files/parts/join.ts'
import type { PartStore } from '../../../../src/service/files/parts/ports.ts'
import {
  afterJoin,
  beginSession,
  listed,
  type PartsSession,
  type PartsUpload,
  type SentPart,
} from '../../../../src/service/files/parts/session.ts'
import { bytesOf as bytesOfBody, memoryFileStore } from '../../../support/memory/file-store.ts'
import { memoryMultipartStore } from '../../../support/memory/uploads.ts'

const UPLOAD: PartsUpload = {
  account: 'acc',
  uploadId: 'id',
  path: '/joined',
  meta: { mime: null, originalFileName: null, metadata: { a: 'b' }, tags: [] },
  exclusive: false,
  maxBytes: 1000,
  checksum: null,
  startedAt: 0,
  firstPartBy: 10,
  expiresAt: 100,
  keyId: 'key',
}
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(60)])

function memoryParts(): PartStore & { readonly names: () => readonly string[] } {
  const held = new Map<string, Uint8Array>()
  return {
    names: () => [...held.keys()],
    async put(_, name, body) {
      const bytes = await bytesOfBody(body)
      held.set(name, bytes)
      return createHash('md5').update(bytes).digest('hex')
    },
    async open(_, pieces) {
      const bytes = pieces.map(({ name, start, end }) => held.get(name)?.subarray(start, end))
      if (bytes.includes(undefined)) throw new AppError('invalid_body', { field: 'part' })
      return new Blob(bytes as Uint8Array<ArrayBuffer>[]).stream()
    },
    remove: async (_, name) => void held.delete(name),
    clear: async () => held.clear(),
  }
}

async function setUp(texts: readonly (string | Uint8Array)[], change: Partial<PartsUpload> = {}, wrap = (store: MultipartStore) => store) {
  const files = memoryFileStore()
  const parts = memoryParts()
  const replaced: string[] = []
  const released: string[] = []
  const effects = createJoinSentParts({
    store: wrap(memoryMultipartStore(files)),
    parts,
    ledger: { release: async (_, uploadId) => void released.push(uploadId) },
    mimeOfName: () => null,
    replaced: async (_, path) => void replaced.push(path),
  })
  const upload = { ...UPLOAD, ...change }
  const sent: SentPart[] = []
  for (const [i, text] of texts.entries()) {
    const body = Buffer.from(text)
    const part = { number: i + 1, version: 'v', size: body.length, checksum: null, storedAt: 0 }
    sent.push({ ...part, etag: await parts.put(upload, nameOf(part), body) })
  }
  let session: PartsSession = listed(beginSession(upload), false)
  const join = async () => {
    const joining = session.joining ?? (await effects.open(session, sent))
    session = { ...session, joining }
    const joined = await effects.join(session, joining, sent)
    session = afterJoin(session, joined)
    return joined
  }
  const textOf = async (): Promise<string | null> => {
    const open = await files.open('acc', upload.path)
    return open && new Response(open.body).text()
  }
  return { files, parts, replaced, released, effects, join, textOf, session: () => session, sent }
}

describe('the end of an upload in parts', () => {
  it('makes the file once, however often it comes', async () => {
    const { join, textOf, replaced, session, files } = await setUp(['one ', 'two'])
    const first = await join()
    expect([await textOf(), session().phase, replaced]).toEqual(['one two', 'stored', ['/joined']])
    expect((await files.head('acc', '/joined'))?.metadata).toEqual({ a: 'b' })
    expect(await join()).toEqual(first)
  })

  it('goes on where it died: before its answer, and before the storage knew', async () => {
    for (const dies of ['before', 'after']) {
      let isFirst = true
      const { join, textOf } = await setUp(['one ', 'two'], {}, (store) => ({
        ...store,
        // The storage forgets an upload that it has finished.
        putPart: async (...args) =>
          dies === 'after' && !isFirst ? Promise.reject(new AppError('upload_not_found')) : store.putPart(...args),
        async finish(...args) {
          if (dies === 'after') await store.finish(...args)
          if (!isFirst) return store.finish(...args)
          isFirst = false
          throw new AppError('storage_unavailable')
        },
      }))
      await expect(join()).rejects.toMatchObject({ code: 'storage_unavailable' })
      expect([await join(), await textOf()]).toEqual([{ etag: expect.any(String) as string }, 'one two'])
    }
  })

  it('takes the type of the first bytes where the client tells none', async () => {
    const { join, files } = await setUp([PNG])
    await join()
    expect((await files.head('acc', '/joined'))?.mime).toBe('image/png')
    const told = await setUp([PNG], { meta: { ...UPLOAD.meta, mime: 'text/plain' } })
    await told.join()
    expect((await told.files.head('acc', '/joined'))?.mime).toBe('text/plain')
  })

  it('leaves a file that may not be replaced, and ends', async () => {
    const { join, textOf, files, session, replaced } = await setUp(['new'], { exclusive: true })
    await files.put('acc', '/joined', Buffer.from('old'), { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] })
    expect([await join(), session().phase, await textOf(), replaced]).toEqual(['taken', 'refused', 'old', []])
  })

  it('goes back to open when a part is gone', async () => {
    const { join, parts, session, sent, textOf } = await setUp(['one ', 'two'])
    await parts.remove(UPLOAD, nameOf(sent[1] ?? { number: 0, version: '' }))
    expect([await join(), session().phase, session().joining, await textOf()]).toEqual(['wrongParts', 'open', null, null])
  })

  it('frees the parts and its place in the ledger', async () => {
    const { parts, effects, session, released } = await setUp(['one'])
    await effects.clear(session())
    expect([parts.names(), released]).toEqual([[], ['id']])
  })
})
