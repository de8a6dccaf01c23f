import type { Log } from '../service/ports.ts'
import type { JobMessage } from '../service/processes/ports.ts'
import { readJobMessage } from '../service/processes/queue-message.ts'
import { readStorageEvent, type StorageEvent } from '../service/triggers/storage-event.ts'

export interface QueueConsumerDeps {
  readonly runJobs: (message: JobMessage) => Promise<void>
  readonly onStorageEvent: (event: StorageEvent) => Promise<void>
  /** A message of jobs that the queue has given up. */
  readonly onDeadLetter: (message: JobMessage) => Promise<void>
  readonly log: Log
}

/** Messages of one batch that are worked on at the same time: while one waits for storage another computes. */
const CONCURRENCY = 4
const DEAD_LETTERS = 'emulsion-dead-letters'

/**
 * Handles a batch of any of the queues. Each message is acknowledged or retried by itself, so that one that fails repeats no other. What a
 * message is, its form says.
 */
export function createQueueConsumer({ runJobs, onStorageEvent, onDeadLetter, log }: QueueConsumerDeps) {
  async function handle(queue: string, body: unknown): Promise<void> {
    const [jobs, event] = [readJobMessage(body), readStorageEvent(body)]
    if (queue === DEAD_LETTERS && jobs) return onDeadLetter(jobs)
    if (queue === DEAD_LETTERS) return log({ level: 'error', message: 'a message was given up', body })
    if (jobs) return runJobs(jobs)
    if (event) return onStorageEvent(event)
    log({ level: 'error', message: 'a message of an unknown form was dropped', queue, body })
  }

  return async function onBatch({ queue, messages }: MessageBatch): Promise<void> {
    const open = [...messages]
    const work = async (): Promise<void> => {
      for (let message = open.shift(); message !== undefined; message = open.shift()) {
        try {
          await handle(queue, message.body)
          message.ack()
        } catch (error) {
          log({ level: 'warn', message: 'a message will be delivered again', queue, attempts: message.attempts, error: String(error) })
          message.retry()
        }
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
  }
}
