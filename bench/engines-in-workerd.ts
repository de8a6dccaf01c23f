/**
 * The engines inside workerd, where they will run: `node bench/engines-in-workerd.ts [--rounds N] [--large]` prints a Markdown table of
 * milliseconds a job. A Worker's own clock stands still while it computes, so a job is done once and four times in a request, and a third of
 * the difference is one job: what the way there and the reading of the body cost falls out. Engines take turns; each cell is the median of the
 * rounds, after one that is not counted. `--large` adds what takes the peers seconds.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { largePhoto, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare'

interface WorkerdCase {
  readonly input: string
  readonly width: number
  readonly format: 'jpeg' | 'webp' | 'png'
  readonly isLarge?: true
}

const ROOT = resolve(import.meta.dirname, '..')
const REPEATS = 4
const ENGINES = ['emulsion', 'jsquash', 'photon'] as const
const CASES: readonly WorkerdCase[] = [
  { input: '2mp.jpg', width: 800, format: 'jpeg' },
  { input: '12mp.jpg', width: 800, format: 'jpeg' },
  { input: '12mp-progressive.jpg', width: 800, format: 'jpeg' },
  { input: '12mp.jpg', width: 800, format: 'webp' },
  { input: '2mp.png', width: 400, format: 'png' },
  { input: '24mp.jpg', width: 800, format: 'jpeg', isLarge: true },
]

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, large: { type: 'boolean', default: false } } })
const rounds = Number(values.rounds)
const cases = CASES.filter(({ isLarge }) => values.large || isLarge === undefined)
await makeLargePhotos(cases.map(({ input }) => input))

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN

/** Photon's WebP is lossless: another job. */
const takesPart = (engine: (typeof ENGINES)[number], { format }: WorkerdCase): boolean => engine !== 'photon' || format !== 'webp'

function bundle(outdir: string): void {
  const args = ['deploy', '--dry-run', '--config', 'bench/workerd/wrangler.toml', '--outdir', outdir]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false', WRANGLER_HIDE_BANNER: 'true' }
  const { status, stderr, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/wrangler'), args, { cwd: ROOT, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The bench's Worker was not built:\n${stdout}${stderr}`)
}

async function serve(outdir: string): Promise<Miniflare> {
  const names = readdirSync(outdir).filter((name) => /\.(js|wasm)$/.test(name))
  const options = {
    compatibilityDate: '2026-10-01',
    compatibilityFlags: ['nodejs_compat'],
    modulesRoot: outdir,
    modules: names
      .sort((a, b) => Number(b === 'worker.js') - Number(a === 'worker.js'))
      .map((name) => ({ type: name.endsWith('.js') ? 'ESModule' : 'CompiledWasm', path: join(outdir, name) })),
    cf: false,
  } as V4MiniflareOptions
  return new Miniflare(convertV4MiniflareOptions(options))
}

async function timed(url: URL, body: Uint8Array<ArrayBuffer>): Promise<number> {
  const started = performance.now()
  const response = await fetch(url, { method: 'POST', body })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url.search}: ${response.status} ${text}`)
  return performance.now() - started
}

async function measure(origin: URL, one: WorkerdCase): Promise<Record<string, number[]>> {
  const body = new Uint8Array(readFileSync(largePhoto(one.input)))
  const engines = ENGINES.filter((engine) => takesPart(engine, one))
  const times: Record<string, number[]> = Object.fromEntries(engines.map((engine) => [engine, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const engine of engines) {
      const url = (n: number): URL => new URL(`/?engine=${engine}&width=${one.width}&format=${one.format}&n=${n}`, origin)
      const [once, often] = [await timed(url(1), body), await timed(url(REPEATS), body)]
      if (round > 0) times[engine]?.push((often - once) / (REPEATS - 1))
    }
  }
  return times
}

const outdir = mkdtempSync(join(tmpdir(), 'emulsion-bench-'))
bundle(outdir)
const miniflare = await serve(outdir)
try {
  const origin = await miniflare.ready
  console.log(`| input | job | ${ENGINES.map((name) => `${name} ms`).join(' | ')} |\n|---|---|${ENGINES.map(() => '---').join('|')}|`)
  for (const one of cases) {
    const times = await measure(origin, one)
    const cells = ENGINES.map((engine) => (times[engine] ? median(times[engine]).toFixed(0) : '–'))
    console.log(`| ${one.input} | ${one.width} px ${one.format} | ${cells.join(' | ')} |`)
  }
} finally {
  await miniflare.dispose()
  rmSync(outdir, { recursive: true, force: true })
}
