// The drill of "AVIF later": requests with f=auto get WebP for now, and the whole server is killed between the answer and its job, or in the middle of the job.
// After each kill the AVIF must come: by itself where the job had begun, else for a client that asks again. `npm run drill:later`, `… -- --rounds 2`, `… -- --sabotage forgotten`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { buildWorker } from '../../src/local/build.ts'
import { startServer, type RunningServer } from '../../test/e2e/support/server.ts'
import { eventually, sleep } from './client.ts'
import { replaceOnce } from './replace-once.ts'
import { printProgress, printVerdict } from './verdict.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const DIST = 'build/later-drill'
/** When the server is killed, in milliseconds behind the answer: before its job is recorded, as it begins, and while it encodes. */
const KILLS_AFTER_MS = [0, 5, 60, 500, 1000]
/** From here on the job is recorded, and needs nobody who asks. */
const RECORDED_AFTER_MS = 500
/** Looks into the caches, and begins nothing. */
const LOOKS_ONLY = '&wait=true&cache-only=true'
/** Wide enough for a job of some seconds. Each round has a width of its own, and so a result of its own. */
const [WIDTH, EFFORT] = [1296, 80]
/** What stands in is forgotten after half a minute, and so is the lease of a job that died. */
const [PATIENCE_MS, SABOTAGED_PATIENCE_MS] = [240_000, 45_000]

/** A deliberate fault of the built Worker, which the drill must notice. */
const SABOTAGES = {
  /** Nobody sees to the AVIF. */
  forgotten: { good: /async function makeLater\w*\(\{[^}]*\}\) \{/g, bad: '$& return;', noticedBy: /has no AVIF/ },
} as const

interface Answer {
  readonly status: number
  readonly ms: number
  readonly type: string
  readonly later: string | null
  readonly tier: string
  readonly caching: string
  readonly body: Uint8Array
}

async function ask({ origin, account }: RunningServer, width: number, more = ''): Promise<Answer> {
  const began = performance.now()
  const url = `${origin}/${account}/image/samples/lake.jpg?f=auto&q=60&c=${EFFORT}&w=${width}${more}`
  const response = await fetch(url, { headers: { Accept: 'image/avif,image/webp,*/*' } })
  const body = new Uint8Array(await response.arrayBuffer())
  const header = (name: string): string => response.headers.get(name) ?? ''
  return {
    status: response.status,
    ms: Math.round(performance.now() - began),
    type: header('Content-Type'),
    later: response.headers.get('Emulsion-Later'),
    tier: header('Emulsion-Cache'),
    caching: header('Cache-Control'),
    body,
  }
}

const told = ({ status, type, body, tier, later, caching, ms }: Answer): string =>
  `${status} ${type}, ${body.length} bytes, from ${tier}, later: ${later ?? '–'}, ${caching}, ${ms} ms`

async function run(rounds: number, sabotage: keyof typeof SABOTAGES | null): Promise<{ readonly problems: readonly string[] }> {
  await buildWorker(DIST)
  const file = join(ROOT, DIST, 'index.js')
  if (sabotage !== null) writeFileSync(file, replaceOnce(readFileSync(file, 'utf8'), SABOTAGES[sabotage]))
  const state = mkdtempSync(join(tmpdir(), 'emulsion-later-'))
  const start = (): Promise<RunningServer> =>
    startServer(state, { EMULSION_SKIP_BUILD: 'true', EMULSION_DIST: DIST, EMULSION_RENDERERS: '1' })
  const problems: string[] = []
  let server = await start()
  try {
    const kills = sabotage === null ? Array.from({ length: rounds }, () => KILLS_AFTER_MS).flat() : [RECORDED_AFTER_MS]
    for (const [i, afterMs] of kills.entries()) {
      const width = WIDTH - i
      const first = await ask(server, width)
      await sleep(afterMs)
      await server.stop('SIGKILL')
      server = await start()
      printProgress(`${width} wide: ${told(first)}; killed ${afterMs} ms later`)
      const began = performance.now()
      const look = (): Promise<Answer> => eventually(() => ask(server, width, afterMs < RECORDED_AFTER_MS ? '' : LOOKS_ONLY))
      let again = await look()
      printProgress(`  after the kill: ${told(again)}`)
      while (again.type !== 'image/avif' && performance.now() - began < (sabotage === null ? PATIENCE_MS : SABOTAGED_PATIENCE_MS)) {
        await sleep(500)
        again = await look()
      }
      printProgress(`  ${((performance.now() - began) / 1000).toFixed(1)} s later: ${told(again)}`)
      const next = await ask(server, width)
      printProgress(`  once more: ${told(next)}`)
      if (first.type !== 'image/webp' || first.later !== 'avif') problems.push(`${width} wide: the first answer was ${told(first)}`)
      if (again.type !== 'image/avif' || again.later !== null) problems.push(`${width} wide has no AVIF: ${told(again)}`)
      else if (!Buffer.from(again.body).equals(await madeNow(server, width)))
        problems.push(`${width} wide: other bytes than those made at once`)
      else if ((await sharp(again.body).metadata()).width !== width) problems.push(`${width} wide: has another width`)
    }
    return { problems }
  } finally {
    await server.stop('SIGKILL')
    rmSync(state, { recursive: true, force: true })
  }
}

/** The same AVIF in the request, from no cache. */
const madeNow = async (server: RunningServer, width: number): Promise<Uint8Array> => (await ask(server, width, '&cache=false')).body

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '1' }, sabotage: { type: 'string' } } })
  const name = values.sabotage
  if (name !== undefined && name !== 'forgotten') throw new Error(`Expected ${Object.keys(SABOTAGES).join(', ')}, received ${name}.`)
  const report = await run(Number(values.rounds), name ?? null)
  return printVerdict(report, name === undefined ? null : { name, ...SABOTAGES[name] })
}

if (process.argv[1] === import.meta.filename) process.exit(await main())
