// How long others wait while the service computes: `npm run bench:fair`, `… -- --jobs 30 --renders 20`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { largePhoto, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { startServer, type RunningServer } from '../test/e2e/support/server.ts'
import { cancelInBetween, createBatch, follow, MOST_JOBS, SECRET } from './fair/batches.ts'
import { askWhile, countsOf, sleep, summary, type Question } from './fair/questions.ts'

const IDLE_MS = 5000
const LARGE_RENDERS = 16
const PHOTOS = { '/fair/photo.jpg': '12mp.jpg', '/fair/fresh.jpg': '12mp.jpg', '/fair/large.jpg': '24mp.jpg' } as const

const { values } = parseArgs({
  options: {
    renders: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '300' },
    'skip-build': { type: 'boolean', default: false },
  },
})
const [renders, jobs] = [Number(values.renders), Number(values.jobs)]

async function main(): Promise<void> {
  await makeLargePhotos(['12mp.jpg', '24mp.jpg'])
  const state = mkdtempSync(join(tmpdir(), 'emulsion-fair-'))
  const server = await startServer(state, {
    EMULSION_BATCH_SECRET: SECRET,
    EMULSION_BATCH_REQUESTS_PER_MINUTE: '1000000',
    ...(values['skip-build'] && { EMULSION_SKIP_BUILD: 'true' }),
  })
  try {
    for (const [path, name] of Object.entries(PHOTOS)) await putPhoto(server, path, readFileSync(largePhoto(name)))
    await get(image(server, '/fair/photo.jpg', 'w=120&f=webp'))
    console.log('Photographs of 12 megapixels; milliseconds until the answer')
    await report(server, 'nothing', () => sleep(IDLE_MS).then(() => ''))
    await report(server, `${renders} hits at once`, () => together(server, renders, '/fair/photo.jpg', () => 'w=120&f=webp'))
    await report(server, `${renders} renders at once`, () => together(server, renders, '/fair/photo.jpg', (i) => `w=${200 + i}&f=webp`))
    await report(server, `${LARGE_RENDERS} renders of 24 MP at once`, () =>
      together(server, LARGE_RENDERS, '/fair/large.jpg', (i) => `w=${1600 - i}&blur=2&brightness=1.1`),
    )
    await report(server, `a batch of ${jobs} jobs`, async () => {
      const counts = Array.from({ length: Math.ceil(jobs / MOST_JOBS) }, (_, i) => Math.min(MOST_JOBS, jobs - i * MOST_JOBS))
      const processes = await Promise.all(counts.map((count, i) => createBatch(server, '/fair/photo.jpg', `/fair/out${i}`, count)))
      const ended = await Promise.all(processes.map((id) => follow(server, id)))
      const late = summary(ended.flatMap((one) => one.late))
      const statuses = countsOf(ended.map((one) => one.status))
      return `${statuses}; ${late.answers} events of jobs, late by ${late.p50} (p50), ${late.p99} (p99), ${late.max} (max)`
    })
    console.log(await cancelInBetween(server, await createBatch(server, '/fair/photo.jpg', '/fair/cancelled', Math.min(jobs, MOST_JOBS))))
  } finally {
    await server.stop('SIGKILL')
    rmSync(state, { recursive: true, force: true })
  }
}

let fresh = 0

/** Around 800 px, and never the same twice. */
const freshQuery = (n: number): string => `w=${750 + (n % 100)}&q=${80 - Math.floor(n / 100)}`

/** What others ask for: the health, a picture at the edge, a picture that nobody has asked for, a process of their own. */
const questions = (server: RunningServer): readonly Question[] => [
  { name: 'health', every: 10, ask: () => get(`${server.origin}/-/health`) },
  { name: 'edge hit', every: 10, ask: () => get(image(server, '/fair/photo.jpg', 'w=120&f=webp')) },
  { name: 'fresh render, 800 px', every: 200, ask: () => get(image(server, '/fair/fresh.jpg', freshQuery(fresh++))) },
  { name: 'POST /request', every: 500, ask: async () => void (await createBatch(server, '/fair/photo.jpg', `/fair/own/${fresh++}`, 1)) },
]

async function report(server: RunningServer, name: string, work: () => Promise<string>): Promise<void> {
  const started = performance.now()
  const { outcome, ...times } = await askWhile(questions(server), work)
  console.log(`\n${name}: ${((performance.now() - started) / 1000).toFixed(1)} s. ${outcome}`)
  console.table(times)
}

const image = ({ origin, account }: RunningServer, path: string, query: string): string => `${origin}/${account}/image${path}?${query}`

async function get(url: string): Promise<void> {
  const response = await fetch(url)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}

async function putPhoto({ origin, account, secretKey }: RunningServer, path: string, body: Buffer): Promise<void> {
  const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' }
  const url = `${origin}/v2/accounts/${account}/uploads/binary?filePath=${path}`
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  if (!response.ok) throw new Error(`${path} was not stored: ${response.status}`)
}

/** Many requests at once. @returns their statuses, and when the first, the middle one and the last was answered. */
async function together(server: RunningServer, count: number, path: string, query: (i: number) => string): Promise<string> {
  const started = performance.now()
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const response = await fetch(image(server, path, query(i)))
      await response.arrayBuffer()
      return { status: response.status, at: performance.now() - started }
    }),
  )
  const at = answers.map((answer) => answer.at).toSorted((a, b) => a - b)
  const [first, middle, last] = [at[0], at[count >> 1], at[count - 1]].map((time) => Math.round(time ?? 0))
  return `${countsOf(answers.map(({ status }) => status))}; the first after ${first} ms, half after ${middle}, all after ${last}`
}

await main()
