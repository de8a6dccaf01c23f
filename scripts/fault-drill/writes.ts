export interface Write {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The handle that the file was stored for. */
  readonly handle?: string
}

/** The writes that a server with the storage of `test/e2e/faulty-storage/witness/index.ts` has printed. */
export const readWrites = (output: string): readonly Write[] =>
  [...output.matchAll(/\{"witness":"put","key":"([^"]*)","at":(\d+)(?:,"handle":"([^"]*)")?\}/g)].map(([, key = '', at, handle]) => ({
    key,
    at: Number(at),
    ...(handle !== undefined && { handle }),
  }))

/** Times in the API have whole seconds. */
const SECOND_MS = 1000

/** What is wrong with the writes of one destination, given the attempts of its job and when the job ended (`YYYY-MM-DD HH:MM:SS`, UTC). */
export function writeProblems(writes: readonly Write[], destination: string, attempts: number, endedAt: string | null): readonly string[] {
  const own = writes.filter(({ key }) => key.endsWith(destination))
  const end = endedAt === null ? Infinity : Date.parse(`${endedAt.replace(' ', 'T')}Z`) + SECOND_MS
  return [
    ...(own.length > attempts ? [`${destination} was written ${own.length} times by ${attempts} attempts`] : []),
    ...(own.some(({ at }) => at > end) ? [`${destination} was written after the end of its job`] : []),
  ]
}
