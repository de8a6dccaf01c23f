import { describe, expect, it } from 'vitest'
import { createClient, type BatchEvent, type UploadSession } from '../../../packages/client/src/index.ts'

interface Seen {
  readonly method: string
  readonly target: string
  readonly headers: Headers
  readonly body: string
}

/** A client of a service that answers one after the other. */
function clientOf(answers: readonly (Response | Error)[]) {
  const seen: Seen[] = []
  const waited: number[] = []
  const left = [...answers]
  const client = createClient({
    url: 'https://images.example.com',
    apiKey: 'secret_Emu1s1nAAAA',
    batchSecret: 'batch',
    async fetch(url, init = {}) {
      const request = new Request(url, init)
      seen.push({
        method: request.method,
        target: url.replace('https://images.example.com', ''),
        headers: request.headers,
        body: await request.text(),
      })
      const answer = left.shift()
      if (!answer || answer instanceof Error) throw answer ?? new TypeError('nobody answers')
      return answer
    },
    wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
  })
  return { client, seen, waited }
}

const json = (body: unknown, init?: ResponseInit): Response => Response.json(body, init)
const busy = (seconds?: string): Response =>
  json({ error: { code: 'overloaded', message: 'Busy.' } }, { status: 429, headers: seconds ? { 'Retry-After': seconds } : {} })

describe('a request', () => {
  it('is sent again where the answer may come later, after as long as it says', async () => {
    const { client, seen, waited } = clientOf([busy('2'), new TypeError('reset'), json({ a: 1 })])
    await expect(client.details('/a.jpg')).resolves.toEqual({ a: 1 })
    expect(waited).toEqual([2000, 500])
    expect(seen[0]?.headers.get('Authorization')).toBe('Bearer secret_Emu1s1nAAAA')
    expect(seen.map(({ target }) => target)).toEqual(
      Array.from({ length: 3 }, () => '/v2/accounts/Emu1s1n/files/details?filePath=%2Fa.jpg'),
    )
  })

  it('that must not arrive twice is sent once', async () => {
    const { client, seen } = clientOf([busy()])
    await expect(client.upload(new Blob(['a']))).rejects.toMatchObject({ status: 429, code: 'overloaded', message: 'Busy.' })
    expect(seen).toHaveLength(1)
  })

  it.each([
    [
      json({ error: { code: 'file_not_found', message: 'No.', details: { field: '/a' } } }, { status: 404 }),
      { status: 404, code: 'file_not_found', field: '/a', message: 'No.' },
    ],
    [json({ message: 'Invalid Secret' }, { status: 401 }), { status: 401, code: 'http', message: 'Invalid Secret' }],
    [new Response('<html>', { status: 500 }), { status: 500, code: 'http', message: 'The service answered 500.' }],
  ])('tells what was refused', async (answer, error) => {
    await expect(clientOf([answer]).client.details('/a')).rejects.toMatchObject(error)
  })
})

describe('an upload in parts', () => {
  const size = 12_000_000
  const data = new Blob([new Uint8Array(size)])
  const part = (index: number): Response =>
    json({
      uploadUrl: `https://images.example.com/part/${index}`,
      range: { inclusiveStart: index * 6_000_000, inclusiveEnd: (index + 1) * 6_000_000 - 1 },
    })
  const stored = (): Response => new Response(null, { headers: { ETag: '"e"' } })

  it('goes on with the parts that are missing, and tells how far it is', async () => {
    const session: UploadSession = { uploadId: 'u', path: '/a.bin', parts: 2, size }
    const { client, seen } = clientOf([json({ remainingUploadParts: [1] }), part(1), busy('1'), stored(), json({ status: 'Completed' })])
    const told: number[] = []
    await expect(client.upload(data, { resume: session, onProgress: ({ sent }) => told.push(sent) })).resolves.toEqual({
      path: '/a.bin',
      size,
    })
    expect(told).toEqual([size])
    expect(seen.map(({ method, target, body }) => `${method} ${target} ${body.length}`)).toEqual([
      'GET /v2/accounts/Emu1s1n/uploads/u/parts 0',
      'GET /v2/accounts/Emu1s1n/uploads/u/parts/1 0',
      'PUT /part/1 6000000',
      'PUT /part/1 6000000',
      'PUT /v2/accounts/Emu1s1n/uploads/u/parts/1 16',
    ])
  })

  it('begins anew where the service has forgotten it, and refuses other bytes', async () => {
    const session: UploadSession = { uploadId: 'old', path: '/a.bin', parts: 2, size }
    const begun = json({ uploadId: 'new', file: { filePath: '/a.bin' }, uploadParts: { count: 0 } })
    const sessions: UploadSession[] = []
    const { client } = clientOf([json({ error: { code: 'upload_not_found', message: 'No.' } }, { status: 404 }), begun])
    await client.upload(data, { resume: session, onSession: (each) => sessions.push(each) })
    expect(sessions.map(({ uploadId }) => uploadId)).toEqual(['new'])
    await expect(client.upload(new Blob(['a']), { resume: session })).rejects.toThrow(
      'Expected the 12000000 bytes of the upload, received 1.',
    )
  })
})

describe('events of a batch', () => {
  const stream = (...chunks: string[]): Response =>
    new Response(
      new ReadableStream({ start: (out) => (chunks.forEach((chunk) => out.enqueue(new TextEncoder().encode(chunk))), out.close()) }),
    )

  it('come once each, over connections that break, until the process has ended', async () => {
    const { client, seen } = clientOf([
      json({ process_id: 'p' }),
      stream(
        'event: job\ndata: {"at":"t","job":0}\nid: 1\n\n: waiting\n\nevent: jo',
        'b\ndata: {"at":"t","job":1}\nid: 2\n\nevent: job\ndata: {"cut',
      ),
      stream(
        'event: job\ndata: {"at":"t","job":1}\nid: 2\n\nevent: process\r\ndata: {"at":"t",\r\ndata: "status":"FINISHED"}\r\nid: 3\r\n\r\n',
      ),
      new Response(null, { status: 204 }),
    ])
    const events: BatchEvent[] = []
    for await (const event of (await client.batch({ source: '/a.jpg', jobs: [] }, 'k')).events()) events.push(event)
    expect(events).toEqual([
      { id: 1, type: 'job', at: 't', job: 0 },
      { id: 2, type: 'job', at: 't', job: 1 },
      { id: 3, type: 'process', at: 't', status: 'FINISHED' },
    ])
    expect(seen.map(({ headers }) => headers.get('Last-Event-ID'))).toEqual([null, '0', '2', '3'])
    expect(seen[0]?.headers.get('Idempotency-Key')).toBe('k')
  })

  it('that never come are an error', async () => {
    const { client } = clientOf([json({ process_id: 'p' }), ...Array.from({ length: 5 }, () => stream(': waiting\n\n'))])
    const started = await client.batch({ source: '/a.jpg', jobs: [] })
    await expect(started.events().next()).rejects.toThrow('breaks off again and again')
  })
})
