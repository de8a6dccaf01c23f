import { performance } from 'node:perf_hooks'
import { treeOf, useOf } from '../http/process-tree.ts'
import { startIsolates } from '../../scripts/metrics-drill/isolates.ts'
import { load } from '../../scripts/metrics-drill/load.ts'
import { ACCOUNT, uploadPhoto, VARIABLES } from '../../scripts/metrics-drill/run.ts'

/** What both Workers of one runtime do, in the median of the rounds. */
export interface HitsReport {
  readonly hitsASecond: number
  readonly helloASecond: number
  /** The median of the rounds' ratios. */
  readonly ratio: number
  /** CPU time of the runtime for a hello-world answer over that for a hit: the same without the noise of other programs. */
  readonly cpuRatio: number
}

const HELLO = { name: 'hello', script: "export default { fetch: () => new Response('Hello World!') }" }

/**
 * Hits a second beside those of a Worker that says hello, in one workerd, in turns.
 * @param dist the folder of the bundle.
 * @throws Error when an answer is no hit.
 */
export async function measureHits(dist: string, rounds: number, seconds: number): Promise<HitsReport> {
  const { origins, stop } = await startIsolates(dist, 1, VARIABLES, [HELLO])
  const [service = '', hello = ''] = origins
  const url = `${service}/${ACCOUNT}/image/photo.png?w=50&f=webp`
  try {
    await uploadPhoto(service, '/photo.png')
    await demandHit(url)
    const turns: (readonly [hits: Turn, hello: Turn])[] = []
    for (let round = -1; round < rounds; round++) {
      const pair = [await turn(url, seconds), await turn(hello, seconds)] as const
      if (round >= 0) turns.push(pair)
    }
    return {
      hitsASecond: median(turns.map(([hits]) => hits.aSecond)),
      helloASecond: median(turns.map(([, other]) => other.aSecond)),
      ratio: median(turns.map(([hits, other]) => hits.aSecond / other.aSecond)),
      cpuRatio: median(turns.map(([hits, other]) => other.cpuMs / hits.cpuMs)),
    }
  } finally {
    await stop()
  }
}

interface Turn {
  readonly aSecond: number
  /** Of the runtime, an answer. */
  readonly cpuMs: number
}

async function turn(url: string, seconds: number): Promise<Turn> {
  const before = runtimeCpuMs()
  const { answered, seconds: took } = await load(() => url, seconds * 1000)
  const count = answered.get(200) ?? 0
  if (answered.size !== 1 || count === 0) throw new Error(`${url} was answered by ${[...answered.keys()].join(', ')}.`)
  return { aSecond: count / took, cpuMs: (runtimeCpuMs() - before) / count }
}

/** Of all processes that this one has started. */
const runtimeCpuMs = (): number =>
  treeOf(process.pid)
    .filter((pid) => pid !== process.pid)
    .reduce((sum, pid) => sum + useOf(pid).cpuMs, 0)

/** Asks until the edge answers: a result is kept after it was answered. */
async function demandHit(url: string): Promise<void> {
  const began = performance.now()
  while ((await fetch(url)).headers.get('Emulsion-Cache') !== 'edge')
    if (performance.now() - began > 10_000) throw new Error(`${url} is not kept.`)
}

export const hitsText = ({ hitsASecond, helloASecond, ratio, cpuRatio }: HitsReport, rounds: number): string =>
  `Hits a second: ${hitsASecond.toFixed(0)}; a Worker that says hello: ${helloASecond.toFixed(0)}; ${ratio.toFixed(2)} of it, and by CPU time ${cpuRatio.toFixed(2)} (medians of ${rounds} rounds, in turns).`

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
