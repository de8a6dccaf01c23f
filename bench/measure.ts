import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { ENGINES } from './engines/table.ts'
import type { Case, Engine } from './job.ts'
import { peakBytesOf } from './peak-memory.ts'
import { psnrDb, referencePixels } from './quality.ts'

export interface Measured {
  readonly medianMs: number
  readonly minMs: number
  /** Least time of the processor, of all threads together: what a server pays. */
  readonly cpuMs: number
  readonly peakBytes: number
  readonly outputBytes: number
  /** Against sharp's full decode and scaling; `null` where the engines' operations differ by definition. */
  readonly psnrDb: number | null
}

export interface MeasuredCase {
  readonly input: string
  readonly megapixels: number
  readonly job: string
  readonly engines: { readonly [name in Engine['name']]?: Measured }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/**
 * Runs a case with all engines that can, one after the other in every round, so that a slow phase of the machine falls on all of them. A first
 * round warms up and is not counted.
 */
export async function measureCase(one: Case, rounds: number): Promise<MeasuredCase> {
  const file = new Uint8Array(readFileSync(one.file))
  const { width, height } = await sharp(file, { limitInputPixels: false }).metadata()
  const megapixels = (width * height) / 1e6
  const engines = ENGINES.filter((engine) => engine.can(one.job, megapixels))
  const times = engines.map((): number[] => [])
  const cpuTimes = engines.map((): number[] => [])
  const outputs: Uint8Array[] = []
  for (let round = 0; round <= rounds; round++) {
    for (const [i, engine] of engines.entries()) {
      const [started, spent] = [performance.now(), process.cpuUsage()]
      const { bytes } = await naming(engine, () => engine.run(file, one.job))
      if (round > 0) {
        times[i]?.push(performance.now() - started)
        const { user, system } = process.cpuUsage(spent)
        cpuTimes[i]?.push((user + system) / 1000)
      }
      outputs[i] = bytes
    }
  }
  const reference = one.job.effects === 'none' ? await referencePixels(file, one.job) : null
  const measured: [Engine['name'], Measured][] = []
  for (const [i, engine] of engines.entries()) {
    const [taken, output] = [times[i] ?? [], outputs[i] ?? new Uint8Array()]
    measured.push([
      engine.name,
      {
        medianMs: median(taken),
        minMs: Math.min(...taken),
        cpuMs: Math.min(...(cpuTimes[i] ?? [])),
        peakBytes: await naming(engine, () => peakBytesOf(engine, one)),
        outputBytes: output.length,
        psnrDb: reference && (await naming(engine, () => psnrDb(output, reference))),
      },
    ])
  }
  return { input: one.input, megapixels, job: one.job.name, engines: Object.fromEntries(measured) }
}

/** A failure says whose it is. */
async function naming<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(`${engine.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
