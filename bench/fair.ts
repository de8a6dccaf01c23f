// How long others wait while the service computes: `npm run bench:fair`, `… -- --pixels 2000x1500`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { startServer, type RunningServer } from '../test/e2e/support/server.ts'

const SECRET = 'secret-of-the-bench'
/** Between the end of one question and the next. */
const ASK_EVERY_MS = 10
const QUIET_MS = 2000

const { values } = parseArgs({
  options: {
    renders: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '100' },
    pixels: { type: 'string', default: '4000x3000' },
    'skip-build': { type: 'boolean', default: false },
  },
})
const [renders, jobs] = [Number(values.renders), Number(values.jobs)]

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

async function main(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-fair-'))
  const server = await startServer(state, {
    EMULSION_BATCH_SECRET: SECRET,
    ...(values['skip-build'] && { EMULSION_SKIP_BUILD: 'true' }),
  })
  try {
    for (const name of ['burst', 'batch', 'hit']) await putSource(server, `/fair/${name}.jpg`)
    for (const name of ['burst', 'hit']) await (await fetch(image(server, `/fair/${name}.jpg`, 120))).arrayBuffer()
    console.log(`Sources of ${values.pixels} pixels; milliseconds until the answer`)
    console.table({
      ...(await whileDoing(server, 'nothing', () => sleep(QUIET_MS))),
      ...(await whileDoing(server, `${renders} hits at once`, () => burst(server, () => 120))),
      ...(await whileDoing(server, `${renders} renders at once`, () => burst(server, (i) => 200 + i))),
      ...(await whileDoing(server, `a batch of ${jobs} jobs`, () => batch(server))),
    })
  } finally {
    await server.stop('SIGKILL')
    rmSync(state, { recursive: true, force: true })
  }
}

const image = ({ origin, account }: RunningServer, path: string, width: number): string =>
  `${origin}/${account}/image${path}?w=${width}&f=webp`

async function putSource({ origin, account, secretKey }: RunningServer, path: string): Promise<void> {
  const [width, height] = values.pixels.split('x').map(Number)
  const body = await sharp(readFileSync(join(import.meta.dirname, '../samples/lake.jpg')))
    .resize(width, height, { fit: 'fill' })
    .jpeg()
    .toBuffer()
  const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' }
  const url = `${origin}/v2/accounts/${account}/uploads/binary?filePath=${path}`
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  if (!response.ok) throw new Error(`The source was not stored: ${response.status}`)
}

/** Asks for the health and for a picture at the edge, again and again, while something else goes on. */
async function whileDoing(server: RunningServer, name: string, work: () => Promise<string | void>): Promise<Record<string, object>> {
  const started = performance.now()
  let goOn = true
  const asking = [`${server.origin}/-/health`, image(server, '/fair/hit.jpg', 120)].map(async (url) => {
    const times: number[] = []
    while (goOn) {
      times.push(await timeOf(url))
      await sleep(ASK_EVERY_MS)
    }
    return times
  })
  const said = await work()
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  goOn = false
  const [health, hits] = (await Promise.all(asking)) as [number[], number[]]
  return {
    [`health during ${name}`]: { ...summary(health), seconds, outcome: said ?? '' },
    [`edge hits during ${name}`]: { ...summary(hits), seconds, outcome: '' },
  }
}

async function timeOf(url: string): Promise<number> {
  const started = performance.now()
  const response = await fetch(url)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return performance.now() - started
}

function summary(times: readonly number[]): object {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { answers: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

async function burst(server: RunningServer, widthOf: (i: number) => number): Promise<string> {
  const statuses = await Promise.all(
    Array.from({ length: renders }, async (_, i) => {
      const response = await fetch(image(server, '/fair/burst.jpg', widthOf(i)))
      await response.arrayBuffer()
      return response.status
    }),
  )
  return countsOf(statuses.map(String))
}

const countsOf = (all: readonly string[]): string =>
  [...Map.groupBy(all, (one) => one)].map(([one, same]) => `${same.length} × ${one}`).join(', ')

async function batch({ origin }: RunningServer): Promise<string> {
  const headers = { Authorization: `Bearer ${SECRET}` }
  const body = JSON.stringify({
    service_id: 1,
    source: '/fair/batch.jpg',
    jobs: Array.from({ length: jobs }, (_, i) => ({
      destination: `/fair/out/${i}.webp`,
      transformations: [{ type: 'resize', width: 200 + i }],
    })),
  })
  const created = await fetch(`${origin}/request`, { method: 'POST', headers, body })
  if (!created.ok) throw new Error(`The process was not created: ${created.status} ${await created.text()}`)
  const { process_id: id } = (await created.json()) as { process_id: string }
  for (;;) {
    await sleep(100)
    const { status } = (await (await fetch(`${origin}/request/${id}`, { headers })).json()) as { status: string }
    if (status === 'FINISHED' || status === 'FAILED') return status
  }
}

await main()
