import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divide } from '../../../src/service/files/multipart-upload.ts'
import {
  advance,
  beginSession,
  partRange,
  type PartState,
  type PendingUpload,
  type UploadEvent,
  type UploadSession,
} from '../../../src/service/files/upload-session.ts'

const pending = (partCount: number, endsWithItsPart = false): PendingUpload => ({
  account: 'Emu1s1n',
  uploadId: 'u',
  path: '/f',
  meta: { mime: 'text/plain', originalFileName: null, metadata: {}, tags: [] },
  size: partCount * 10,
  partSize: 10,
  partCount,
  storageId: 's',
  exclusive: false,
  endsWithItsPart,
  startedAt: 0,
  firstPartBy: 5,
  expiresAt: 10,
  keyId: 'k',
})

/** A session with its part rows, and everything that it ordered. */
function simulate(upload: PendingUpload) {
  let session: UploadSession = beginSession(upload)
  const parts = new Map<number, PartState>()
  const orders: string[] = []
  return {
    session: () => session,
    parts,
    orders,
    send(event: UploadEvent): string {
      const step = advance(session, 'index' in event ? (parts.get(event.index) ?? null) : null, event)
      session = step.session
      if (step.part) parts.set(step.part.index, step.part)
      if (step.effect) orders.push(step.effect)
      return step.error?.code ?? session.phase
    },
  }
}

const indices = fc.nat(3)
const etags = fc.constantFrom('a', 'b')
const clientEvents: fc.Arbitrary<UploadEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('stored' as const), index: indices, etag: etags }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('completed' as const), index: indices, etag: etags }) },
  { weight: 1, arbitrary: fc.constant({ type: 'deadline' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'aborted' as const }) },
)

describe('an upload in parts', () => {
  it('ends early while no part has come, and by its own time afterwards', () => {
    const upload = simulate(pending(2))
    expect(upload.session().deadline).toBe(5)
    upload.send({ type: 'stored', index: 0, etag: 'a' })
    expect(upload.session().deadline).toBe(10)
  })

  it('can be given up while it is open, and not once its parts are being joined', () => {
    const upload = simulate(pending(1))
    expect([upload.send({ type: 'aborted' }), upload.send({ type: 'aborted' }), upload.orders]).toEqual(['expired', 'expired', ['abort']])
    expect(upload.send({ type: 'stored', index: 0, etag: 'a' })).toBe('upload_not_found')
    const done = simulate(pending(1))
    done.send({ type: 'stored', index: 0, etag: 'a' })
    done.send({ type: 'completed', index: 0, etag: 'a' })
    expect([done.send({ type: 'aborted' }), done.session().phase]).toEqual(['upload_finished', 'finishing'])
    done.send({ type: 'finished', etag: 'e' })
    expect([done.send({ type: 'aborted' }), done.session().phase, done.orders]).toEqual(['upload_finished', 'finished', ['finish']])
  })

  it('is joined when and only when every part is completed with the bytes that are stored', () => {
    fc.assert(
      fc.property(fc.array(clientEvents, { maxLength: 60 }), (events) => {
        const upload = simulate(pending(4))
        const stored = new Map<number, string>()
        const completed = new Set<number>()
        for (const event of events) {
          const open = upload.session().phase === 'open'
          upload.send(event)
          // The model: a completion holds for as long as the bytes that it was given for are the stored ones.
          if (open && event.type === 'stored') {
            if (stored.get(event.index) !== event.etag) completed.delete(event.index)
            stored.set(event.index, event.etag)
          }
          if (open && event.type === 'completed' && stored.get(event.index) === event.etag) completed.add(event.index)
          expect(upload.session().completedParts).toBe(completed.size)
          expect([...upload.parts.values()].filter((part) => part.completed).length).toBe(completed.size)
          expect(upload.orders.includes('finish')).toBe(completed.size === 4)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('ends in one way: what is finished or expired stays so, whatever comes', () => {
    const events = fc.array(
      fc.oneof(clientEvents, fc.constant({ type: 'finished' as const, etag: 'e' }), fc.constant({ type: 'refused' as const })),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(events, (sent) => {
        const upload = simulate(pending(2))
        let ended: string | null = null
        for (const event of sent) {
          upload.send(event)
          const { phase } = upload.session()
          if (ended !== null) expect(phase).toBe(ended)
          if (phase === 'finished' || phase === 'refused' || phase === 'expired') ended ??= phase
        }
        // Nothing that was finished is ever freed, and nothing that expired is ever joined afterwards.
        if (ended === 'finished') expect(upload.orders).not.toContain('abort')
      }),
      { numRuns: 500 },
    )
  })

  it('asks for the joining again when it failed, and for the freeing too', () => {
    const upload = simulate(pending(1))
    upload.send({ type: 'stored', index: 0, etag: 'a' })
    expect(upload.send({ type: 'completed', index: 0, etag: 'a' })).toBe('finishing')
    expect(upload.send({ type: 'completed', index: 0, etag: 'a' })).toBe('finishing')
    expect(upload.orders).toEqual(['finish', 'finish'])
    expect(upload.send({ type: 'deadline' })).toBe('expired')
    expect(upload.send({ type: 'deadline' })).toBe('expired')
    expect(upload.orders).toEqual(['finish', 'finish', 'abort', 'abort'])
  })

  it('joins once more when it is asked to, for as long as it is not joined', () => {
    const upload = simulate(pending(1, true))
    expect(upload.send({ type: 'resumed' })).toBe('open')
    upload.send({ type: 'stored', index: 0, etag: 'a' })
    expect(upload.send({ type: 'resumed' })).toBe('finishing')
    expect(upload.orders).toEqual(['finish', 'finish'])
    upload.send({ type: 'finished', etag: 'e' })
    expect(upload.send({ type: 'resumed' })).toBe('finished')
    expect(upload.orders).toEqual(['finish', 'finish'])
  })

  it.each<[string, UploadEvent[], string]>([
    ['a part before its bytes', [{ type: 'completed', index: 0, etag: 'a' }], 'invalid_parameter'],
    [
      'a part with other bytes',
      [
        { type: 'stored', index: 0, etag: 'a' },
        { type: 'completed', index: 0, etag: 'b' },
      ],
      'invalid_parameter',
    ],
    [
      'bytes after the end',
      [
        { type: 'stored', index: 0, etag: 'a' },
        { type: 'completed', index: 0, etag: 'a' },
        { type: 'stored', index: 0, etag: 'b' },
      ],
      'upload_finished',
    ],
    ['bytes after the deadline', [{ type: 'deadline' }, { type: 'stored', index: 0, etag: 'b' }], 'upload_not_found'],
    [
      'a completion when the path was taken',
      [
        { type: 'stored', index: 0, etag: 'a' },
        { type: 'completed', index: 0, etag: 'a' },
        { type: 'refused' },
        { type: 'completed', index: 0, etag: 'a' },
      ],
      'forbidden',
    ],
    [
      'a completion after the end',
      [
        { type: 'stored', index: 0, etag: 'a' },
        { type: 'completed', index: 0, etag: 'a' },
        { type: 'finished', etag: 'e' },
        { type: 'completed', index: 0, etag: 'b' },
      ],
      'finished',
    ],
  ])('%s', (_, events, expected) => {
    const upload = simulate(pending(1))
    expect(events.map((event) => upload.send(event)).at(-1)).toBe(expected)
  })

  it('with protocol 1.0 the one part ends it', () => {
    const upload = simulate(pending(1, true))
    expect(upload.send({ type: 'stored', index: 0, etag: 'a' })).toBe('finishing')
    expect(upload.orders).toEqual(['finish'])
  })
})

describe('the parts of a file', () => {
  it('are equal, in order, cover the file exactly, and keep to the limits of R2', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(60 * 1024 * 1024),
          fc.maxSafeNat().map((n) => n % 5e12),
        ),
        (size) => {
          const { partSize, partCount } = divide(size)
          const upload = { ...pending(partCount), size, partSize }
          expect(partSize).toBeGreaterThanOrEqual(5 * 1024 * 1024)
          expect(partCount).toBeGreaterThanOrEqual(1)
          expect(partCount).toBeLessThanOrEqual(10_000)
          const [first, last] = [partRange(upload, 0), partRange(upload, partCount - 1)]
          expect(first.start).toBe(0)
          expect(last.end).toBe(size)
          expect(last.end - last.start).toBeLessThanOrEqual(partSize)
          expect(last.start).toBe((partCount - 1) * partSize)
          if (partCount > 1) expect(first.end).toBe(partRange(upload, 1).start)
        },
      ),
    )
  })

  it.each([
    [0, 1, 5_242_880],
    [1, 1, 5_242_880],
    [5_242_880, 1, 5_242_880],
    [5_242_881, 2, 5_242_880],
    [100_000_000_000, 9537, 10_485_760],
  ])('%i bytes: %i parts of %i', (size, partCount, partSize) => expect(divide(size)).toEqual({ partSize, partCount }))
})
