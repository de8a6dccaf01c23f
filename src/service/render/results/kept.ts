import { codec, FORMAT_NAMES, type TransformPlan } from '../../../image/plan.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { HashText, Shown } from '../../ports.ts'
import { computingMs, type Timings } from '../timings.ts'
import { lookOf } from './look.ts'

/** What a result shows, for those who look for it by that; nothing for what is no picture. */
export async function shownOf(
  hash: HashText,
  plan: TransformPlan,
  inputs: readonly SourceFile[],
  body: Uint8Array,
  mime: string,
): Promise<Shown | undefined> {
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  if (plan.info || format === undefined) return undefined
  try {
    const { width, height } = codec(format).probe(body)
    return { look: await lookOf(hash, plan, inputs), width, height }
  } catch {
    // It is kept all the same: only nobody finds it by what it shows.
    return undefined
  }
}

/** What a run took by measurement: `123 ms in 4.5 MB`; without the memory where nobody measured that. */
export function tookOf(timings: Timings): string {
  const memory = timings.notes().find(([name]) => name === 'memory')?.[1]
  return `${Math.ceil(computingMs(timings))} ms${memory === undefined ? '' : ` in ${memory}`}`
}
