import type { Answer, Made, Order } from '../engine/order.ts'
import { UploadError } from './errors.ts'

/** One worker, and orders that it gets one after the other. */
export interface Line {
  /** @throws UploadError of the engine; the signal's reason. Who gives up while the order is under way ends the worker: nothing computes for nobody. */
  make(order: Order, signal?: AbortSignal): Promise<Made>
}

/** Longer than any picture within the limits takes. */
const MOST_MS = 120_000
/** An idle worker gives its memory back. */
const IDLE_MS = 30_000

export function createLine(start: () => Worker): Line {
  let hand: Worker | null = null
  let idle: ReturnType<typeof setTimeout> | undefined
  let last: Promise<unknown> = Promise.resolve()

  function end(): void {
    hand?.terminate()
    hand = null
  }

  function one(order: Order, signal?: AbortSignal): Promise<Made> {
    clearTimeout(idle)
    signal?.throwIfAborted()
    return new Promise<Made>((done, failed) => {
      const worker = (hand ??= start())
      const fail = (thrown: unknown): void => {
        leave()
        end()
        failed(thrown as Error)
      }
      const late = setTimeout(() => fail(new UploadError('timeout', `The picture was not made within ${MOST_MS / 1000} s.`)), MOST_MS)
      const abort = (): void => fail(signal?.reason)
      const leave = (): void => {
        clearTimeout(late)
        signal?.removeEventListener('abort', abort)
        worker.onmessage = worker.onerror = null
      }
      signal?.addEventListener('abort', abort)
      worker.onerror = (event) => {
        event.preventDefault()
        fail(new UploadError('engine', event.message || 'The worker of the engine could not be started.'))
      }
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        leave()
        if ('made' in data) done(data.made)
        else failed(new UploadError(data.error.code, data.error.message))
      }
      worker.postMessage(order)
    })
  }

  return {
    make(order, signal) {
      const made = last.then(() => one(order, signal))
      last = made
        .catch(() => undefined)
        .then(() => {
          clearTimeout(idle)
          idle = setTimeout(end, IDLE_MS)
        })
      return made
    },
  }
}

/** A worker of this package. Of a script of another site a page makes a worker of its own that imports it. */
export function startWorker(): Worker {
  const url = new URL('./worker.js', import.meta.url)
  if (url.origin === location.origin) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  const own = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)}`], { type: 'text/javascript' }))
  const worker = new Worker(own, { type: 'module' })
  URL.revokeObjectURL(own)
  return worker
}
