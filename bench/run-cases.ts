import type { Case } from './job.ts'

export interface Outcome<T> {
  readonly measured: readonly T[]
  /** A sentence for each case that failed. */
  readonly failures: readonly string[]
}

/** Measures one case after the other; one that fails is named, and the others go on. */
export async function runCases<T>(
  cases: readonly Case[],
  measure: (one: Case) => Promise<T>,
  say: (line: string) => void,
): Promise<Outcome<T>> {
  const measured: T[] = []
  const failures: string[] = []
  for (const one of cases) {
    const name = `${one.input}: ${one.job.name}`
    say(name)
    try {
      measured.push(await measure(one))
    } catch (thrown) {
      const failure = `${name} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`
      failures.push(failure)
      say(failure)
    }
  }
  return { measured, failures }
}
