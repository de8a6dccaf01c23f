// Pictures within a deadline through `npm start`: `npm run bench:deadline`, `… -- --requests 100 --at-once 8 --deadline 150`. Each request is for a picture of 24 to 100
// megapixels of which no result is kept; pages of pictures are asked for at once, and each waits until its exact pictures are there, as a visitor does. Fails over the bars.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { largePhoto, makeLargePhotos } from '../../scripts/samples/large-photos.ts'
import { startServer } from '../../test/e2e/support/server.ts'
import { withThumbnail } from './thumbnail.ts'

/** Milliseconds until any answer, and until the exact one. */
const BARS = { answer: 250, exact: 5000 }
/** Of ten requests. */
const MIX = ['24mp', '24mp', '24mp', '24mp', '24mp', '24mp', '50mp', '50mp', '50mp', '100mp']
const KINDS = ['.jpg', '-progressive.jpg', '.jpg with a thumbnail']
const ASK_EVERY_MS = 250
const PATIENCE_MS = 60_000
const SHOWN = 10

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100' },
    'at-once': { type: 'string', default: '8' },
    deadline: { type: 'string', default: '150' },
    'skip-build': { type: 'boolean', default: false },
  },
})
const [requests, atOnce] = [Number(values.requests), Number(values['at-once'])]

interface Asked {
  readonly photo: string
  readonly status: number
  readonly answerMs: number
  readonly exactMs: number
  readonly by: string
}

const photoOf = (i: number): string => `${MIX[i % MIX.length]}${KINDS[Math.floor(i / 3) % KINDS.length]}`

async function fileOf(photo: string): Promise<Buffer> {
  const [name = '', thumbnail] = photo.split(' with ')
  const file = readFileSync(largePhoto(name))
  if (thumbnail === undefined) return file
  return withThumbnail(file, await sharp(file).resize(160, 160, { fit: 'inside' }).jpeg({ quality: 70 }).toBuffer())
}

/** A file that differs by a comment behind the first marker. */
const copyOf = (file: Buffer, copy: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([file.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 4, copy >> 8, copy & 255]), file.subarray(2)]))

async function main(): Promise<void> {
  await makeLargePhotos(['24mp', '50mp', '100mp'].flatMap((size) => [`${size}.jpg`, `${size}-progressive.jpg`]))
  const state = mkdtempSync(join(tmpdir(), 'emulsion-deadline-'))
  const server = await startServer(state, values['skip-build'] ? { EMULSION_SKIP_BUILD: 'true' } : {})
  try {
    const { origin, account, secretKey } = server
    const files = new Map<string, Buffer>()
    // One page more: the first one warms the machine up and does not count.
    for (let i = -atOnce; i < requests; i++) {
      const photo = photoOf(i + atOnce)
      const file = files.get(photo) ?? (await fileOf(photo))
      files.set(photo, file)
      const url = `${origin}/v2/accounts/${account}/uploads/binary?filePath=/deadline/${i}.jpg`
      const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' }
      const response = await again(() => fetch(url, { method: 'POST', headers, body: copyOf(file, i + atOnce) }))
      if (!response.ok) throw new Error(`${photo} was not stored: ${response.status} ${await response.text()}`)
    }
    const urlOf = (i: number): string => `${origin}/${account}/image/deadline/${i}.jpg?w=800&f=webp&deadline=${values.deadline}`
    const asked: Asked[] = []
    for (let first = -atOnce; first < requests; first += atOnce) {
      const page = Array.from({ length: Math.min(atOnce, requests - first) }, (_, i) => first + i)
      const answers = await Promise.all(page.map((i) => ask(urlOf(i), photoOf(i + atOnce))))
      if (first >= 0) asked.push(...answers)
    }
    report(asked)
  } finally {
    await server.stop()
    rmSync(state, { recursive: true, force: true })
  }
}

/** A connection that was kept may be closed just when it is used. */
const again = async <T>(send: () => Promise<T>): Promise<T> => send().catch(() => send())

async function ask(url: string, photo: string): Promise<Asked> {
  const began = performance.now()
  const first = await again(() => fetch(url))
  await first.arrayBuffer()
  const answerMs = performance.now() - began
  let note = first.headers.get('Emulsion-Deadline')
  const by = note?.replace(/;estimate.*/, '') ?? 'exact'
  while (note !== null && performance.now() - began < PATIENCE_MS) {
    await new Promise((done) => setTimeout(done, ASK_EVERY_MS))
    const next = await again(() => fetch(url))
    await next.arrayBuffer()
    note = next.headers.get('Emulsion-Deadline')
  }
  return { photo, status: first.status, answerMs, exactMs: note === null ? performance.now() - began : Infinity, by }
}

function report(asked: readonly Asked[]): void {
  const of = (values: readonly number[], share: number): string =>
    (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN).toFixed(0)
  console.log(
    `${asked.length} requests, ${atOnce} at once, deadline=${values.deadline}. Milliseconds until the answer, and until the exact picture.`,
  )
  console.log('| answered by | requests | answer, median | 95 % | most | exact, median | most |')
  console.log('|---|---|---|---|---|---|---|')
  for (const by of [...new Set(asked.map((one) => one.by)), 'all']) {
    const some = asked.filter((one) => by === 'all' || one.by === by)
    const [answers, exact] = [some.map(({ answerMs }) => answerMs), some.map(({ exactMs }) => exactMs)]
    console.log(`| ${[by, some.length, of(answers, 0.5), of(answers, 0.95), of(answers, 1), of(exact, 0.5), of(exact, 1)].join(' | ')} |`)
  }
  const wrong = asked.filter(({ status, answerMs, exactMs }) => status !== 200 || answerMs > BARS.answer || exactMs > BARS.exact)
  if (wrong.length > 0) console.log(`${wrong.length} are over the bars of ${BARS.answer} and ${BARS.exact} ms, among them:`)
  for (const { photo, status, answerMs, exactMs, by } of wrong.slice(0, SHOWN))
    console.log(`${photo}: ${status} after ${answerMs.toFixed(0)} ms by ${by}, exact after ${exactMs.toFixed(0)} ms`)
  if (wrong.length > 0) process.exitCode = 1
}

await main()
