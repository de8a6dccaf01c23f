import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import type { FileBody } from '../../src/service/ports.ts'
import type { ObjectAbout, ObjectStore } from '../../src/service/stores/object-store.ts'
import { PART_BYTES, storeObject } from '../../src/service/stores/store-object.ts'
import type { StoreServer } from '../support/stores/servers.ts'

/** How to reach a server, and what it is known not to do. */
export interface ObjectStoreSetup {
  /** Starts a server that has `container`, empty. */
  start(): Promise<StoreServer>
  make(server: StoreServer, change?: 'wrong secret'): ObjectStore
  readonly container: string
  /** Without what takes long: the adapter has shown that on another way in. */
  readonly isShort?: boolean
  /** What the store keeps beside the bytes. */
  readonly keeps: readonly (keyof ObjectAbout)[]
  /** The server does not do what the real store does. */
  readonly lacks?: readonly ('secrets' | 'abort' | 'copies of other alphabets' | 'pages' | 'containers')[]
  /** The code with which the store refuses credentials, and a container that is not there. */
  readonly codes: { readonly secret: RegExp; readonly container: RegExp }
}

const ABOUT: ObjectAbout = { mime: 'text/plain', fileName: 'Ein Bild, „schön“ 日.txt', mark: 'Handle0123456789abcd', isPublic: false }
const KEYS = ['a', 'été/日 +%&.txt', "x/y=1?#[]!'()*,;:@$~", 'a b/%2F%20/+', '\u{1f600}/é']
const MEBIBYTE = 1_048_576

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const reserve = () => ({ release: () => undefined })
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (thrown: unknown) => (thrown instanceof AppError ? `${thrown.code}: ${thrown.reason}` : String(thrown)),
  )

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void // by the flag
/** Bytes in buffers that somebody still holds. */
function liveBytes(): number {
  // What a collection has found is freed beside the program; the next collection waits for that.
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

/** Bytes that repeat nowhere, made as they are asked for. @param during is called before each piece. */
function longBody(size: number, during: (sent: number) => void | Promise<void> = () => undefined): FileBody {
  let sent = 0
  return {
    size,
    stream: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await during(sent)
          const piece = new Uint8Array(Math.min(100_003, size - sent))
          for (let i = 0; i < piece.length; i += 997) piece[i] = (sent + i) % 251
          sent += piece.length
          if (piece.length > 0) controller.enqueue(piece)
          if (sent === size) controller.close()
        },
      },
      { highWaterMark: 0 },
    ),
  }
}

async function sha256(stream: ReadableStream<Uint8Array> | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream ?? []) hash.update(chunk)
  return hash.digest('hex')
}
const longStream = (size: number): ReadableStream<Uint8Array> => {
  const body = longBody(size)
  return body instanceof Uint8Array ? new Blob([body as BufferSource]).stream() : body.stream
}

/** What every adapter of ObjectStore does with its real server. */
export function objectStoreContract(name: string, setup: ObjectStoreSetup): void {
  const { container, codes, keeps, lacks = [], isShort = false } = setup
  describe(`${name} keeps the contract of ObjectStore`, () => {
    let server: StoreServer
    let store: ObjectStore
    beforeAll(async () => {
      server = await setup.start()
      store = setup.make(server)
    }, 60_000)
    afterAll(() => server?.end())
    const put = (key: string, body: FileBody, about = ABOUT): Promise<void> => storeObject(store, { container, key }, body, about, reserve)
    const textAt = async (key: string): Promise<string> => new Response((await store.open(container, key))?.body).text()
    async function keysBelow(prefix: string, limit = 1000): Promise<readonly string[]> {
      const keys: string[] = []
      for (let from: string | null | undefined; from !== null;) {
        const page = await store.list(container, { prefix, limit, ...(from !== undefined && { from }) })
        keys.push(...page.objects.map(({ key }) => key))
        from = page.next
      }
      return keys
    }

    it.each(KEYS)('gives back the bytes of %s, and what was said of them', async (key) => {
      await put(key, bytes(`text of ${key}`))
      const info = await store.head(container, key)
      const kept = Object.fromEntries(keeps.filter((each) => each !== 'isPublic').map((each) => [each, ABOUT[each]]))
      expect(info).toMatchObject({ key, size: bytes(`text of ${key}`).length, ...kept })
      expect(info?.etag).toMatch(/^[^"]+$/)
      expect(Math.abs((info?.lastModified.getTime() ?? 0) - Date.now())).toBeLessThan(600_000)
      const open = await store.open(container, key)
      expect(open?.info).toEqual(info)
      expect(await new Response(open?.body).text()).toBe(`text of ${key}`)
      expect(await keysBelow(key)).toEqual([key])
    })

    it('opens ranges', async () => {
      await put('range', bytes('0123456789'))
      const texts = await Promise.all(
        [
          [0, 2],
          [2, 5],
          [9, 10],
          [0, 10],
        ].map(async ([start = 0, end = 0]) => {
          const open = await store.open(container, 'range', { start, end })
          return [open?.info.size, await new Response(open?.body).text()]
        }),
      )
      expect(texts).toEqual([
        [10, '01'],
        [10, '234'],
        [10, '9'],
        [10, '0123456789'],
      ])
    })

    it('stores an empty object', async () => {
      await put('empty', new Uint8Array())
      await put('empty stream', { stream: new Blob([]).stream(), size: 0 })
      for (const key of ['empty', 'empty stream']) {
        expect((await store.head(container, key))?.size).toBe(0)
        expect(await textAt(key)).toBe('')
      }
    })

    it('replaces an object, small by large and large by small, with another version each time', async () => {
      const etags = new Set<string | undefined>()
      for (const body of [bytes('a'), bytes('b'), longBody(PART_BYTES + 1), bytes('c'), longBody(PART_BYTES * 2)]) {
        await put('replaced', body)
        etags.add((await store.head(container, 'replaced'))?.etag)
        expect((await store.head(container, 'replaced'))?.size).toBe(body instanceof Uint8Array ? 1 : body.size)
      }
      expect(etags.size).toBe(5)
      expect(await sha256((await store.open(container, 'replaced'))?.body)).toBe(await sha256(longStream(PART_BYTES * 2)))
      await store.delete(container, 'replaced')
      expect(await keysBelow('replaced')).toEqual([])
    }, 120_000)

    it('answers null for what is not there, and deletes it gladly', async () => {
      expect(await store.head(container, 'no')).toBeNull()
      expect(await store.open(container, 'no')).toBeNull()
      expect(await store.open(container, 'no', { start: 0, end: 1 })).toBeNull()
      await store.delete(container, 'no')
      await put('gone', bytes('x'))
      await store.delete(container, 'gone')
      expect(await store.head(container, 'gone')).toBeNull()
    })

    it('lists below a prefix, in order', async () => {
      const keys = ['p/a', 'p/b &<>', 'p/c/d', 'p/e', 'p/é']
      for (const key of [...keys, 'pp']) await put(key, bytes(key))
      expect(await keysBelow('p/')).toEqual(keys)
      const [first] = (await store.list(container, { prefix: 'p/', limit: 10 })).objects
      const { size, etag } = (await store.head(container, 'p/a')) ?? {}
      expect(first).toMatchObject({ key: 'p/a', size, etag })
      expect(await keysBelow('nothing/')).toEqual([])
    })

    it.skipIf(lacks.includes('pages'))('lists page by page', async () => {
      const keys = ['q/a', 'q/b &<>', 'q/c/d', 'q/e', 'q/é']
      for (const key of [...keys, 'qq']) await put(key, bytes(key))
      expect(await keysBelow('q/', 2)).toEqual(keys)
      expect(await keysBelow('q/', 5)).toEqual(keys)
    })

    it('copies', async () => {
      const from = lacks.includes('copies of other alphabets') ? 'from' : 'von/é +%&'
      await put(from, bytes('copied'))
      expect(await store.copy(container, from, 'copy/ü +')).toBe(true)
      expect(await textAt('copy/ü +')).toBe('copied')
      expect(await store.copy(container, 'nothing', 'copy/2')).toBe(false)
      expect(await store.head(container, 'copy/2')).toBeNull()
    })

    it.skipIf(isShort)(
      'stores 48 MiB in parts with the memory of a few',
      async () => {
        const size = 48 * MEBIBYTE + 12_345
        const before = liveBytes()
        let [peak, sampled] = [0, -1]
        const sample = (sent: number): void => {
          if (Math.floor(sent / 3_000_000) === sampled) return
          sampled = Math.floor(sent / 3_000_000)
          peak = Math.max(peak, liveBytes() - before)
        }
        await put('long/été', longBody(size, sample))
        expect((await store.head(container, 'long/été'))?.size).toBe(size)
        const open = await store.open(container, 'long/été')
        expect(open?.info).toMatchObject({ size, ...(keeps.includes('mark') && { mark: ABOUT.mark }) })
        expect(await sha256(open?.body)).toBe(await sha256(longStream(size)))
        const middle = await store.open(container, 'long/été', { start: 20 * MEBIBYTE, end: 20 * MEBIBYTE + 1000 })
        expect((await new Response(middle?.body).arrayBuffer()).byteLength).toBe(1000)
        expect(peak).toBeLessThan(6 * PART_BYTES)
        await store.delete(container, 'long/été')
        expect(await keysBelow('long/')).toEqual([])
      },
      120_000,
    )

    it.skipIf(isShort).each([
      ['ends early', 3 * PART_BYTES - 1],
      ['goes on too long', 3 * PART_BYTES + 1],
    ])('stores nothing of a body that %s', async (_, real) => {
      const body = longBody(real)
      if (body instanceof Uint8Array) throw new Error('a stream')
      expect(await codeOf(put('length', { ...body, size: 3 * PART_BYTES }))).toMatch(/^invalid_body/)
      expect(await store.head(container, 'length')).toBeNull()
      expect(await keysBelow('length')).toEqual([])
    })

    it.skipIf(lacks.includes('abort'))('leaves nothing of an upload that is aborted', async () => {
      const upload = await store.begin(container, 'aborted', ABOUT)
      const part = await store.putPart(upload, 1, 0, new Uint8Array(PART_BYTES))
      expect(await store.head(container, 'aborted')).toBeNull()
      await store.abort(upload, [part])
      await store.abort(upload, [part])
      expect(await codeOf(store.complete(upload, [part]))).toMatch(/^store_failed/)
      expect(await store.head(container, 'aborted')).toBeNull()
      expect(await keysBelow('aborted')).toEqual([])
    })

    it.skipIf(lacks.includes('abort'))('leaves what was there before an upload that is aborted', async () => {
      await put('stays', bytes('before'))
      const upload = await store.begin(container, 'stays', ABOUT)
      const part = await store.putPart(upload, 1, 0, new Uint8Array(PART_BYTES))
      expect(await textAt('stays')).toBe('before')
      await store.abort(upload, [part])
      expect(await textAt('stays')).toBe('before')
      expect(await keysBelow('stays')).toEqual(['stays'])
    })

    it.skipIf(lacks.includes('containers'))('says that a container is not there to who writes, and finds nothing in it', async () => {
      for (const body of [bytes('x'), longBody(PART_BYTES + 1)])
        expect(await codeOf(storeObject(store, { container: 'missing-container', key: 'x' }, body, ABOUT, reserve))).toMatch(
          codes.container,
        )
      expect(await store.head('missing-container', 'x')).toBeNull()
      expect(await store.open('missing-container', 'x')).toBeNull()
      await store.delete('missing-container', 'x')
    })

    it.skipIf(lacks.includes('secrets'))('tells the code of wrong credentials, and no secret', async () => {
      const stranger = setup.make(server, 'wrong secret')
      const answers = [
        await codeOf(stranger.put(container, 'x', bytes('x'), ABOUT)),
        await codeOf(stranger.open(container, 'a')),
        await codeOf(stranger.begin(container, 'x', ABOUT).then((upload) => stranger.putPart(upload, 1, 0, bytes('x')))),
        await codeOf(stranger.list(container, { prefix: '', limit: 1 })),
      ]
      for (const answer of answers) expect(answer).toMatch(codes.secret)
      expect(answers.join()).not.toMatch(/wrong-secret|127\.0\.0\.1/)
      expect(await codeOf(stranger.head(container, 'a'))).toMatch(/^store_failed/)
    })

    it.skipIf(isShort)(
      'fails within bounds when the server is killed in the middle, and nothing can be seen of it',
      async () => {
        const failed = codeOf(
          put(
            'killed',
            longBody(5 * PART_BYTES, (sent) => (sent > 2.5 * PART_BYTES && sent < 2.6 * PART_BYTES ? server.kill() : undefined)),
          ),
        )
        expect(await failed).toMatch(/^store_failed: The store "\S+" did not answer\.$/)
        expect(await codeOf(store.head(container, 'killed'))).toMatch(/^store_failed/)
        await server.start()
        // A server that has just started may say for some moments that it is not ready.
        await expect.poll(() => codeOf(store.head(container, 'killed')), { timeout: 20_000 }).not.toMatch(/^store_failed/)
        expect(await store.head(container, 'killed')).toBeNull()
        expect(await keysBelow('killed')).toEqual([])
        await put('killed', bytes('alive'))
        expect(await textAt('killed')).toBe('alive')
      },
      60_000,
    )
  })
}
