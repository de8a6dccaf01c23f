// Questions that are asked again and again while the service computes, and how long their answers took.

export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

/** One kind of question. */
export interface Question {
  readonly name: string
  /** Milliseconds between an answer and the next question. */
  readonly every: number
  /** Asks for the nth time. Rejects when the answer is wrong. */
  readonly ask: (n: number) => Promise<void>
}

export interface Times {
  readonly answers: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Asks all questions side by side while `work` goes on. @returns milliseconds for each question's name, and what `work` said. */
export async function askWhile(
  questions: readonly Question[],
  work: () => Promise<string>,
): Promise<Record<string, Times> & { outcome: string }> {
  let goOn = true
  const asking = questions.map(async ({ name, every, ask }) => {
    const times: number[] = []
    for (let n = 0; goOn; n++) {
      const started = performance.now()
      await ask(n)
      times.push(performance.now() - started)
      await sleep(every)
    }
    return [name, summary(times)] as const
  })
  const outcome = await work()
  goOn = false
  return { ...Object.fromEntries(await Promise.all(asking)), outcome } as Record<string, Times> & { outcome: string }
}

export function summary(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { answers: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** `3 × 200, 1 × 503` */
export const countsOf = (all: readonly unknown[]): string =>
  [...Map.groupBy(all, String)].map(([one, same]) => `${same.length} × ${one}`).join(', ')
