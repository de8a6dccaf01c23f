import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { loadModule } from './assets.ts'
import type { LocalWish } from './engine.ts'
import type { ThreadAnswer, ThreadData } from './render-thread.ts'

/** Threads with an engine each. */
export interface Crew {
  /** Renders on the thread that has least to do. A thread that dies fails what it has and is replaced. */
  render(wish: LocalWish): Promise<ThreadAnswer>
  /** Ends at once what is under way. */
  stop(): Promise<void>
}

/** Wishes that a thread should have, so that it need not wait for the next one. */
export const WISHES_A_THREAD = 2

interface Hand {
  readonly worker: Worker
  /** Who waits for its answers, which come in the order of the wishes. */
  readonly waiting: ((answer: ThreadAnswer) => void)[]
}

const DIED: ThreadAnswer = { error: { code: 'internal', message: 'The thread that made the picture died.' } }

export async function startCrew(threads: number, memoryBytes: number | undefined): Promise<Crew> {
  const data: ThreadData = { core: await loadModule('core'), memoryBytes }
  const hands = new Set<Hand>()
  let isStopped = false

  function start(): void {
    const worker = new Worker(join(import.meta.dirname, 'render-thread.mjs'), { workerData: data })
    const hand: Hand = { worker, waiting: [] }
    hands.add(hand)
    worker.on('error', () => undefined) // its end tells enough
    worker.on('message', (answer: ThreadAnswer) => hand.waiting.shift()?.(answer))
    worker.on('exit', () => {
      hands.delete(hand)
      if (isStopped) return
      start()
      for (const answered of hand.waiting) answered(DIED)
    })
  }

  for (let i = 0; i < threads; i++) start()
  return {
    render: (wish) =>
      new Promise((answered) => {
        const [hand] = [...hands].sort((a, b) => a.waiting.length - b.waiting.length)
        if (!hand) throw new Error('The crew has been stopped.')
        hand.waiting.push(answered)
        hand.worker.postMessage(wish)
      }),
    async stop() {
      isStopped = true
      await Promise.all([...hands].map(({ worker }) => worker.terminate()))
    },
  }
}
