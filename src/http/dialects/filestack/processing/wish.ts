import { AppError } from '../../../../errors.ts'
import { DEFAULT_OUTPUT, type Output, type Step, type TransformPlan } from '../../../../image/plan.ts'
import type { SignedPolicy } from '../security/policy.ts'
import type { Task } from './task-text.ts'
import { openTask, type TaskArgs } from './task-args.ts'

/** Paths of the files that tasks name by their handles. */
export type PathOf = (handle: string) => string

/** How the result is kept: not at all, or so many seconds. */
export type CacheWish = { readonly use: false } | { readonly use: true; readonly seconds: number }

/** Where the `store` task puts the result. */
export interface StoreWish {
  readonly fileName: string | undefined
  readonly location: string
  readonly path: string | null
  readonly container: string | undefined
  /** Whether the store's own address of the file is open to everybody. */
  readonly isPublic: boolean
}

/** What is answered instead of the picture. */
export type Answer =
  | { readonly kind: 'imagesize' }
  | { readonly kind: 'metadata'; readonly fields: readonly string[] }
  | { readonly kind: 'store'; readonly options: StoreWish }

/** What one task adds to the wish. */
export interface Part {
  /** Each task's steps follow those of the tasks before it. */
  readonly steps?: (pathOf: PathOf) => readonly Step[]
  /** Handles of other files that the steps show. */
  readonly files?: readonly string[]
  readonly output?: Partial<Output>
  readonly page?: number
  /** The format follows `Accept`. */
  readonly negotiates?: boolean
  /** The picture is made anew although its pixels stay. */
  readonly encodes?: boolean
  readonly answer?: Answer
  readonly cache?: CacheWish
  readonly security?: SignedPolicy
  readonly fallback?: { readonly handle: string; readonly seconds: number | undefined }
  /** Milliseconds after which something that stands in for the picture is better than none. */
  readonly deadlineMs?: number
}

export interface Wish {
  readonly steps: readonly ((pathOf: PathOf) => readonly Step[])[]
  readonly files: readonly string[]
  readonly output: Output
  readonly page: number | undefined
  readonly negotiates: boolean
  /** Nothing is done to the file: it is delivered as it is. */
  readonly isRaw: boolean
  readonly answer: Answer | undefined
  readonly cache: CacheWish
  readonly security: SignedPolicy | undefined
  readonly fallback: Part['fallback']
  readonly deadlineMs: number | undefined
}

export type ReadTaskArgs = (args: TaskArgs) => Part
/** The tasks by their names. */
export type TaskTable = Readonly<Record<string, ReadTaskArgs>>

/** 30 days. */
const CACHED_SECONDS = 2_592_000
/** Said once at most. */
const SINGLE = ['answer', 'cache', 'security', 'fallback', 'deadlineMs'] as const

/** @throws AppError `unknown_parameter`, `invalid_parameter`, `not_implemented`, each with the task and its argument. */
export function readWish(tasks: readonly Task[], table: TaskTable): Wish {
  const parts = tasks.map((task) => readPart(task, table))
  for (const name of SINGLE) {
    const twice = tasks.filter((_, i) => parts[i]?.[name] !== undefined)[1]
    if (twice) throw new AppError('invalid_parameter', { field: twice.name, reason: `Expected one task like ${twice.name}, received two.` })
  }
  const last = <N extends keyof Part>(name: N): Part[N] | undefined => parts.findLast((part) => part[name] !== undefined)?.[name]
  const [answer, cache, deadlineMs] = [last('answer'), last('cache') ?? { use: true, seconds: CACHED_SECONDS }, last('deadlineMs')]
  if (deadlineMs !== undefined && (!cache.use || answer?.kind === 'store'))
    throw new AppError('invalid_parameter', {
      field: 'deadline',
      reason: `Expected no ${cache.use ? 'store' : 'cache=false'} with deadline: what stands in is for a moment, and what is made later has to be kept.`,
    })
  return {
    steps: parts.flatMap(({ steps }) => steps ?? []),
    files: [...new Set(parts.flatMap(({ files = [] }) => files))],
    output: outputOf(parts),
    page: last('page'),
    negotiates: last('negotiates') ?? false,
    isRaw: parts.every(({ steps, output, page, negotiates, encodes }) => !(steps ?? output ?? page ?? negotiates ?? encodes)),
    answer,
    cache,
    security: last('security'),
    fallback: last('fallback'),
    deadlineMs,
  }
}

/** The last task that names a quality decides; where none does, the coding may be kept. */
function outputOf(parts: readonly Part[]): Output {
  const {
    keepsCoding: _kept,
    onlyLossless: _only,
    ...output
  } = parts.reduce<Output>((all, part) => ({ ...all, ...part.output }), DEFAULT_OUTPUT)
  const named = parts.findLast((part) => part.output?.quality !== undefined)
  const keepsCoding = named ? named.output?.keepsCoding : parts.find((part) => part.output?.keepsCoding)?.output?.keepsCoding
  const onlyLossless = named?.output?.onlyLossless
  return { ...output, ...(keepsCoding && { keepsCoding }), ...(onlyLossless && { onlyLossless }) }
}

function readPart(task: Task, table: TaskTable): Part {
  const read = Object.hasOwn(table, task.name) ? table[task.name] : undefined
  if (!read) throw new AppError('unknown_parameter', { field: task.name.slice(0, 40), reason: 'No task has this name.' })
  try {
    const args = openTask(task)
    const part = read(args)
    args.done()
    return part
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'not_implemented') throw thrown
    const field = thrown.field === undefined ? task.name : `${task.name}.${thrown.field}`
    throw new AppError(thrown.code, { field, reason: thrown.reason, cause: thrown })
  }
}

/** The plan of a wish. `format` is what `Accept` has decided, when the wish leaves it to that. */
export function planOf({ steps, output, page }: Wish, pathOf: PathOf, format: Output['format'] | undefined): TransformPlan {
  return {
    steps: steps.flatMap((make) => make(pathOf)),
    output: format === undefined ? output : { ...output, format },
    ...(page !== undefined && { page }),
  }
}
