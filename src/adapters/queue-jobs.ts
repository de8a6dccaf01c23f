import type { JobMessage, JobQueue } from '../service/processes/ports.ts'

/** Cloudflare takes at most so many messages at once. */
const MAX_BATCH = 100

export const createQueueJobs = (queue: Queue<JobMessage>): JobQueue => ({
  async send(messages) {
    for (let i = 0; i < messages.length; i += MAX_BATCH) {
      await queue.sendBatch(messages.slice(i, i + MAX_BATCH).map((body) => ({ body, contentType: 'json' })))
    }
  },
})
