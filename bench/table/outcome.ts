import { AppError } from '../../src/errors.ts'
import type { LargeSize } from '../../scripts/samples/large-photos.ts'
import type { Bytes } from './run.ts'

/** What streams holds no more than this beside the files and the result. */
export const MOST_WORKING_BYTES = 32_000_000
/** Slower than sharp by more than this is worth a look. */
export const SLOW = 1.5

/**
 * `refused`: the plan is over a limit or the memory budget. `cap`: the result is over the largest file that an encoder makes. `failed`: anything
 * else.
 */
export type Status = 'ok' | 'refused' | 'cap' | 'failed'

/** A row of the table. */
export interface Row {
  readonly megapixels: LargeSize
  readonly input: string
  readonly operation: string
  readonly width: number | null
  readonly output: string
  /** Whether it must run under every limit. */
  readonly streams: boolean
  readonly status: Status
  /** The error's code and numbers. */
  readonly reason?: string
  readonly planned?: Bytes
  readonly measured?: Bytes
  /** Of the plan, on the machine of src/image/costs.ts. */
  readonly plannedMs?: number
  readonly ms?: number
  readonly theirMs?: number
}

export function statusOf(thrown: unknown): Pick<Row, 'status' | 'reason'> {
  if (!(thrown instanceof AppError)) return { status: 'failed', reason: String(thrown) }
  const reason = [thrown.code, thrown.reason ?? thrown.message].join(': ')
  if (thrown.code === 'output_too_large' && thrown.field === 'output') return { status: 'cap', reason }
  return { status: thrown.fault.kind === 'limit' ? 'refused' : 'failed', reason }
}

export const ratioOf = ({ ms, theirMs }: Row): number | undefined => (ms === undefined || theirMs === undefined ? undefined : ms / theirMs)

const isPlannedOver = ({ planned }: Row): boolean => (planned?.working ?? 0) > MOST_WORKING_BYTES
const isOver = ({ measured }: Row): boolean => (measured?.working ?? 0) > MOST_WORKING_BYTES
const isUnderplanned = ({ planned, measured }: Row): boolean =>
  measured !== undefined && planned !== undefined && measured.all > planned.all

/** What must not be: something that streams is refused or takes too much, anything fails, or takes more than its plan said. */
export const isFault = (row: Row): boolean =>
  row.status === 'failed' || isUnderplanned(row) || (row.streams && (row.status === 'refused' || isOver(row)))

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '–' : (bytes / 1e6).toFixed(1))

export const HEADER = `| MP | in | operation | at | out | status | planned MB | alone | peak MB | alone | planned ms | ms | × sharp |
|---|---|---|---|---|---|---|---|---|---|---|---|---|`

export const line = (row: Row): string =>
  `| ${[
    row.megapixels,
    row.input,
    row.operation,
    row.width === null ? 'full' : `${row.width} px`,
    row.output,
    row.reason === undefined ? row.status : `${row.status}: ${row.reason}`,
    megabytes(row.planned?.all),
    megabytes(row.planned?.working),
    megabytes(row.measured?.all),
    megabytes(row.measured?.working),
    row.plannedMs?.toFixed(0) ?? '–',
    row.ms?.toFixed(0) ?? '–',
    ratioOf(row)?.toFixed(2) ?? '–',
  ].join(' | ')} |`

/** Counts, and the rows to look at. Whole operations are counted apart: they may be refused. */
export function summary(rows: readonly Row[]): string {
  const lists = [
    { title: 'Faults', rows: rows.filter(isFault) },
    { title: `Slower than ${SLOW} × sharp`, rows: rows.filter((row) => (ratioOf(row) ?? 0) > SLOW) },
  ]
  return [
    counted(
      'Streaming',
      rows.filter((row) => row.streams),
    ),
    counted(
      'Whole, at full size',
      rows.filter((row) => !row.streams),
    ),
    ...lists.flatMap(({ title, rows: listed }) => (listed.length > 0 ? ['', `${title}:`, HEADER, ...listed.map(line)] : [])),
  ].join('\n')
}

function counted(kind: string, rows: readonly Row[]): string {
  const of = (status: Status): number => rows.filter((row) => row.status === status).length
  const most = Math.max(0, ...rows.map(({ measured }) => measured?.working ?? 0))
  return [
    `${kind}: ${of('ok')} of ${rows.length} ok`,
    `${of('refused')} refused`,
    `${of('cap')} with a result over the cap`,
    `${of('failed')} failed`,
    `${rows.filter(isOver).length} over ${MOST_WORKING_BYTES / 1e6} MB (at most ${megabytes(most)})`,
    `${rows.filter(isPlannedOver).length} planned with more`,
    `${rows.filter(isUnderplanned).length} over their plan`,
  ].join(', ')
}
