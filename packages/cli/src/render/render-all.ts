import { lstat } from 'node:fs/promises'
import { codec, isDecided, type TransformPlan } from '../../../../src/image/plan.ts'
import { type Crew, WISHES_A_THREAD } from '../engine/crew.ts'
import { CommandError } from '../usage/errors.ts'
import type { Input } from './inputs.ts'
import { type Destination, outputPath } from './outputs.ts'
import { exists, isFull, writeWhole } from './write-file.ts'

/** What became of one file. */
export type Outcome =
  | {
      readonly input: Input
      readonly output: string | null
      readonly mime: string
      readonly body: Uint8Array
      readonly warnings: readonly string[]
    }
  | { readonly input: Input; readonly error: { readonly code: string; readonly message: string } }

export interface RenderAll {
  readonly inputs: readonly Input[]
  readonly plan: TransformPlan
  readonly destination: Destination
  readonly mayReplace: boolean
  readonly crew: Crew
  readonly threads: number
  readonly interrupted: AbortSignal
  /** Told of each file as it ends. */
  readonly tell: (outcome: Outcome) => Promise<void>
}

/**
 * Renders all inputs, so many at a time that no thread waits, and writes what comes. A file that fails stops no other, but a disk that is full, and an
 * interruption, stop all: those inputs are told of to nobody.
 * @throws the error of a full disk, when what is under way has ended.
 */
export async function renderAll({ inputs, plan, destination, mayReplace, crew, threads, interrupted, tell }: RenderAll): Promise<void> {
  const waiting = inputs[Symbol.iterator]()
  const sources = await entriesOf(inputs)
  const taken = new Map<string, Input>()
  let full: Error | undefined

  /** Takes the name of a result for one input. */
  const claim = async (output: string | null, input: Input): Promise<void> => {
    if (output === null) return
    const first = taken.get(output) ?? input
    if (first !== input) throw new CommandError(`${output} is the result of ${first.path} already.`)
    taken.set(output, input)
    const entry = await entryOf(output)
    if (entry !== null && sources.has(entry)) throw new CommandError(`${output} is a source: -o gives results a place of their own.`)
    if (entry !== null && !mayReplace) throw exists(output)
  }
  const expectedMime = plan.info || !isDecided(plan.output.format) ? undefined : codec(plan.output.format).mime

  const one = async (input: Input): Promise<Outcome> => {
    // What is known before saves the work.
    if (expectedMime !== undefined) await claim(outputPath(destination, input, expectedMime), input)
    const answer = await crew.render({ path: input.path, plan })
    if ('error' in answer) return { input, error: answer.error }
    const { body, mime, warnings } = answer.picture
    const output = outputPath(destination, input, mime)
    await claim(output, input)
    if (output !== null) await writeWhole(output, body, mayReplace)
    return { input, output, mime, body, warnings }
  }

  const work = async (): Promise<void> => {
    for (const input of waiting) {
      const outcome = await one(input).catch((thrown: unknown): Outcome => {
        if (isFull(thrown)) full ??= thrown
        return { input, error: { code: 'unwritable', message: thrown instanceof Error ? thrown.message : String(thrown) } }
      })
      if (interrupted.aborted) return
      await tell(outcome)
      if (full !== undefined) return
    }
  }

  await Promise.all(Array.from({ length: threads * WISHES_A_THREAD }, work))
  if (full !== undefined) throw full
}

/** Which entry of a file system a name is; `null` where nothing is. */
const entryOf = (path: string): Promise<string | null> =>
  lstat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    () => null,
  )

async function entriesOf(inputs: readonly Input[]): Promise<ReadonlySet<string>> {
  const entries = await Promise.all(inputs.map(({ path }) => entryOf(path)))
  return new Set(entries.filter((entry) => entry !== null))
}
