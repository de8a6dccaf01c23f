// The drill of the metrics: four isolates under load, and a reader who asks any of them for /-/metrics all the time. No counter may ever fall, and in the end
// their sum must be what the load has counted: `npm run drill:metrics`, `… -- --seconds 30 --isolates 8`.
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { buildWorker } from '../../src/local/build.ts'
import { printProgress, printVerdict } from '../fault-drill/verdict.ts'
import { startIsolates } from './isolates.ts'
import { load } from './load.ts'
import { answersOf, countersOf, fallen } from './series.ts'

export interface MetricsDrillOptions {
  /** The folder of the bundle. */
  readonly dist: string
  readonly isolates: number
  readonly seconds: number
  /** In the end: wait until each isolate has handed over by itself, or ask each of them. */
  readonly end: 'wait' | 'ask'
  readonly progress: (line: string) => void
}

export interface MetricsDrillReport {
  readonly isolates: number
  /** Answers that the load has counted, and those of the counters. */
  readonly answered: number
  readonly counted: number
  /** How often the counters were read meanwhile. */
  readonly reads: number
  readonly problems: readonly string[]
}

export const ACCOUNT = 'Emu1s1n'
export const VARIABLES = {
  EMULSION_ACCOUNT_ID: ACCOUNT,
  EMULSION_SECRET_KEY: `secret_${ACCOUNT}DrillDrillDrillDrillDr`,
  EMULSION_PUBLIC_KEY: `public_${ACCOUNT}DrillDrillDrillDrillDr`,
  EMULSION_BATCH_SECRET: 'batch-secret-of-the-drill',
}

/** Longer than an isolate keeps its counts to itself. */
const SETTLE_MS = 7000
const READ_EVERY_MS = 20
const ANYTHING = ['w=20&f=png', 'w=21&f=webp', 'w=22&f=jpg', 'w=x'] as const

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T

export async function runMetricsDrill({ dist, isolates, seconds, end, progress }: MetricsDrillOptions): Promise<MetricsDrillReport> {
  const { origins, stop } = await startIsolates(dist, isolates, VARIABLES)
  const [problems, before] = [[] as string[], { counters: new Map<string, number>() as ReadonlyMap<string, number>, reads: 0 }]
  const read = async (origin: string): Promise<ReadonlyMap<string, number>> => countersOf(await (await fetch(`${origin}/-/metrics`)).text())
  const compare = async (origin: string): Promise<void> => {
    const counters = await read(origin)
    problems.push(...fallen(before.counters, counters))
    before.counters = counters
    before.reads++
  }
  try {
    await uploadPhoto(origins[0] ?? '', '/photo.png')
    progress(`${isolates} isolates under load for ${seconds} s`)
    const paths = ['photo.png', 'missing.png'].flatMap((file) => ANYTHING.map((query) => `/${ACCOUNT}/image/${file}?${query}`))
    const loaded = load(() => any(origins) + any([...paths, '/-/health']), seconds * 1000)
    let isLoaded = false
    void loaded.finally(() => (isLoaded = true))
    while (!isLoaded) {
      await compare(any(origins))
      await sleep(READ_EVERY_MS)
    }
    const { answered } = await loaded
    if (end === 'wait') {
      progress('what the isolates still have is handed over')
      await sleep(SETTLE_MS)
    } else for (const origin of origins) await compare(origin)
    await compare(origins[0] ?? '')
    const counted = answersOf(before.counters)
    for (const status of new Set([...answered.keys(), ...counted.keys()])) {
      // The upload of the photograph is one more.
      const [sent, told] = [(answered.get(status) ?? 0) + Number(status === 200), counted.get(status) ?? 0]
      if (sent !== told) problems.push(`${sent} answers had the status ${status}, ${told} were counted`)
    }
    return { isolates, answered: sum(answered), counted: sum(counted) - 1, reads: before.reads, problems }
  } finally {
    await stop()
  }
}

/** Through an isolate, at its own path. @throws Error when it is not taken. */
export async function uploadPhoto(origin: string, path: string): Promise<void> {
  const photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#c84' } })
    .png()
    .toBuffer()
  const headers = { Authorization: `Bearer ${VARIABLES.EMULSION_SECRET_KEY}`, 'Content-Type': 'image/png' }
  const url = `${origin}/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${encodeURIComponent(path)}`
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(photo) })
  if (!response.ok) throw new Error(`The upload failed: ${response.status} ${await response.text()}`)
}

const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((total, count) => total + count, 0)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '15' }, isolates: { type: 'string', default: '4' } } })
  const dist = 'build/metrics-drill'
  await buildWorker(dist)
  const report = await runMetricsDrill({
    dist,
    isolates: Number(values.isolates),
    seconds: Number(values.seconds),
    end: 'wait',
    progress: printProgress,
  })
  return printVerdict(report, null)
}

if (process.argv[1] === import.meta.filename) process.exit(await main())
