import { AppError, type ErrorCode } from '../../errors.ts'
import { planExecution, type Execution } from '../../image/planner.ts'
import type { PlanLimits } from '../../image/plan.ts'
import type { Encoded } from '../../image/execute.ts'
import { CORE_STAGES, type EngineName, type Stages } from '../../image/codecs/stages.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { RunMemory } from './run-memory.ts'

/** `auto`: the core, and the second engine where the core fails. The others never ask: for comparing. */
export const ENGINE_CHOICES = ['auto', 'core', 'second'] as const
export type EngineChoice = (typeof ENGINE_CHOICES)[number]

/** A failure of the core that was not the file's fault, and what the second engine made of the file. */
export interface EngineFault {
  readonly path: string
  /** Of the source; empty when it could not be read again. */
  readonly sha256: string
  /** What the core said, for a report. */
  readonly fault: string
  /** `ok`, or the code of the second engine's error. */
  readonly outcome: 'ok' | ErrorCode
}

export interface SecondOpinionDeps {
  readonly engine: EngineChoice
  readonly limits: PlanLimits
  /** SHA-256 in hexadecimal digits. */
  readonly hashBytes: (bytes: Uint8Array) => Promise<string>
  readonly reportFault: (account: string, fault: EngineFault) => void
}

/** A plan on its files. */
export interface Executable {
  readonly source: SourceFile
  readonly inputs: readonly SourceFile[]
  readonly execution: Execution
}

/** Loads the second engine only when it is wanted. */
export const stagesOf = async (name: EngineName): Promise<Stages> =>
  name === 'core' ? CORE_STAGES : (await import('../../image/second/stages.ts')).SECOND_STAGES

/** The engine that plans are made for. */
export const firstStages = ({ engine }: SecondOpinionDeps): Promise<Stages> => stagesOf(engine === 'second' ? 'second' : 'core')

const OF_THE_FILE: readonly ErrorCode[] = ['invalid_image', 'file_changed', 'file_not_found']

/** Whether an error of the second run says more than the core's: neither could decode the file, it is not there any more, or another time is better. */
const saysMore = ({ code, fault }: AppError): boolean => OF_THE_FILE.includes(code) || fault.kind === 'upstream'

/** A trap, a failed check of the engine's own, or a slip of its driver. Decoders of others call a file damaged on which they trap: that may be wrong. */
export function isEngineFault(thrown: unknown): boolean {
  const { code, cause } = AppError.from(thrown)
  return code === 'internal' || cause instanceof WebAssembly.RuntimeError
}

/**
 * Runs `work`, and once more on the second engine when the core failed and the file may be good. The second run waits for memory of its own; when it does not fit or fails as well, the core's error stands.
 */
export async function withSecondOpinion(
  deps: SecondOpinionDeps,
  account: string,
  memory: RunMemory,
  work: Executable,
  run: (work: Executable) => Promise<Encoded>,
): Promise<Encoded> {
  try {
    return await run(work)
  } catch (thrown) {
    const mayAsk = deps.engine === 'auto' && work.execution.stages.name === 'core'
    if (!mayAsk || !isEngineFault(thrown)) throw thrown
    return askSecond(deps, account, memory, work, run, thrown)
  }
}

async function askSecond(
  deps: SecondOpinionDeps,
  account: string,
  memory: RunMemory,
  { source, inputs, execution }: Executable,
  run: (work: Executable) => Promise<Encoded>,
  thrown: unknown,
): Promise<Encoded> {
  const fault = describe(thrown)
  let sha256 = ''
  const report = (outcome: EngineFault['outcome']): void => deps.reportFault(account, { path: source.path, sha256, fault, outcome })
  try {
    await memory.hold([source, ...inputs], 0)
    sha256 = await deps.hashBytes(await memory.read(source))
    const encoded = await run({ source, inputs, execution: await planSecond(deps, memory, source, execution) })
    report('ok')
    return encoded
  } catch (other) {
    const error = AppError.from(other)
    report(error.code)
    throw saysMore(error) ? other : thrown
  }
}

/** A function of its own, so that nothing keeps the file while the run waits for memory. */
async function planSecond({ limits }: SecondOpinionDeps, memory: RunMemory, source: SourceFile, { plan }: Execution): Promise<Execution> {
  return planExecution(plan, await memory.read(source), limits, await stagesOf('second'))
}

/** The innermost cause with its place, shortened for a log. */
function describe(thrown: unknown): string {
  const cause = thrown instanceof AppError && thrown.cause !== undefined ? thrown.cause : thrown
  return (cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause)).slice(0, 2000)
}
