import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Processes } from '../../../service/processes/processes.ts'

/** How long one call waits for new events. Then a comment keeps the connection open. */
const WAIT_MS = 15_000

/**
 * The process's events as server-sent events until it ends. `Last-Event-ID` resumes behind that event; a client that has seen everything of
 * an ended process gets 204, which stops an EventSource from connecting again.
 */
export async function streamNotices(c: Context, id: string, processes: Processes): Promise<Response> {
  const last = c.req.header('Last-Event-ID') ?? c.req.query('last_event_id') ?? ''
  let seq = /^\d{1,9}$/.test(last) ? Number(last) : 0
  const first = await processes.notices(id, seq, 0)
  if (!first || (first.ended && first.notices.length === 0)) return c.body(null, 204)
  c.header('X-Accel-Buffering', 'no')
  return streamSSE(c, async (stream) => {
    for (let page: typeof first | null = first; page !== null && !stream.aborted; page = await processes.notices(id, seq, WAIT_MS)) {
      for (const { seq: number, event, at, data } of page.notices) {
        await stream.writeSSE({ id: String(number), event, data: JSON.stringify({ at: new Date(at).toISOString(), ...(data as object) }) }) // the reducer makes objects
        seq = number
      }
      if (page.ended) return
      if (page.notices.length === 0) await stream.write(': waiting\n\n')
    }
  })
}
