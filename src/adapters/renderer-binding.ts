import type { Renderer } from '../service/render/renderers/pool.ts'

/** Where a renderer takes its tasks, and where it says that it is there. */
export const TASK_PATH = '/task'
export const HEALTH_PATH = '/health'

const ORIGIN = 'http://renderer'
const ASK_MS = 2000
/** A body whose reader has gone may never hear of it. */
const LAST_WORDS_MS = 100

/** A renderer behind a service binding: another Worker, or a process beside `npm start`. */
export function createBoundRenderer(name: string, binding: Pick<Fetcher, 'fetch'>): Renderer {
  return {
    name,
    async send(size, write, signal) {
      const { readable, writable } = new FixedLengthStream(size)
      const writing = write(writable).catch(() => undefined)
      try {
        const response = await binding.fetch(`${ORIGIN}${TASK_PATH}`, { method: 'POST', body: readable, signal })
        if (response.status === 200 && response.body) return response.body
        await response.body?.cancel()
        throw new Error(`The answer has the status ${response.status}.`)
      } catch (thrown) {
        await Promise.race([writing, scheduler.wait(LAST_WORDS_MS)]) // it knows best what broke
        throw thrown
      }
    },
    async isThere() {
      try {
        const response = await binding.fetch(`${ORIGIN}${HEALTH_PATH}`, { signal: AbortSignal.timeout(ASK_MS) })
        await response.body?.cancel()
        return response.status === 200
      } catch {
        return false
      }
    },
  }
}
