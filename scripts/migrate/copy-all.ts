import { setTimeout as sleep } from 'node:timers/promises'
import type { Journal } from './journal.ts'
import { createProgress } from './progress.ts'

const ATTEMPTS = 4

/** A failure that another attempt would not change. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

export async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= ATTEMPTS || error instanceof Refused) throw error
      await sleep(250 * 4 ** attempt)
    }
  }
}

/** One thing to copy. */
export interface Item {
  /** For messages. */
  readonly name: string
  /** For the journal. */
  readonly key: string
  /** Answers the bytes that were copied. Called again when it fails. */
  copy(): Promise<number>
}

/** Copies all items, some at a time, and says how it went. Answers whether everything is copied. */
export async function copyAll(items: AsyncIterable<Item>, journal: Journal, concurrency: number): Promise<boolean> {
  const { counts, print } = createProgress()
  const failures: string[] = []

  async function copy(item: Item): Promise<void> {
    if (journal.isDone(item.key)) {
      counts.skipped++
      return
    }
    try {
      counts.bytes += await retry(() => item.copy())
      counts.copied++
      journal.done(item.key)
    } catch (error) {
      counts.failed++
      failures.push(`${item.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  const running = new Set<Promise<void>>()
  for await (const item of items) {
    counts.found++
    const work = copy(item).finally(() => {
      running.delete(work)
      print()
    })
    running.add(work)
    if (running.size >= concurrency) await Promise.race(running)
  }
  await Promise.all(running)
  print(true)
  for (const failure of failures) console.error(failure)
  if (failures.length > 0) console.error(`${failures.length} were not copied. Run it again: what is done is not repeated.`)
  return failures.length === 0
}

/** Ends the process with 0 when everything is copied, 1 when something is not, 2 when it could not begin. */
export async function exitWith(work: Promise<boolean>): Promise<void> {
  process.exitCode = await work.then(
    (complete) => (complete ? 0 : 1),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error)
      return 2
    },
  )
}
