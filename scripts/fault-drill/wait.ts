import { api, eventually, sleep, type Served } from './client.ts'
import type { Errand } from './errands.ts'
import type { Drill } from './lives.ts'
import { REPLAY_FROM_ATTEMPT, REPLAY_MS } from './patience.ts'
import type { Receiver } from './receiver.ts'

export interface WaitOptions {
  /** For all processes and errands. */
  readonly workMs: number
  /** For the callbacks, from the end of the work. */
  readonly callbacksMs: number
  readonly receiver: Receiver
  readonly progress: (line: string) => void
}

/** Waits until the work is done and every callback was accepted, or for no longer than is granted. What is missing then is for the report. */
export async function untilDone(drill: Drill, options: WaitOptions): Promise<void> {
  if (await untilWorked(drill, options)) await untilDelivered(drill, options)
}

/** Answers whether all processes finished and all errands are done. */
async function untilWorked(drill: Drill, { workMs, receiver, progress }: WaitOptions): Promise<boolean> {
  const { ids } = drill
  const [saidFinished, saidUndone] = [onChange(progress), onChange(progress)]
  let undone: readonly Errand[] = drill.errands
  for (const deadline = Date.now() + workMs; Date.now() < deadline; await sleep(1000)) {
    const statuses = await listStatuses(drill)
    const finished = ids.filter((id) => statuses.get(id) === 'FINISHED').length
    saidFinished(`finished ${finished}/${ids.length}, callbacks delivered ${receiver.deliveredCount()}`)
    undone = (await problemsOf(drill, undone)).map(({ errand }) => errand)
    saidUndone(`errands undone ${undone.length}`)
    if (finished === ids.length && undone.length === 0) return true
    if (ids.some((id) => statuses.get(id) === 'FAILED')) return false
  }
  return false
}

async function untilDelivered(drill: Drill, { callbacksMs, receiver, progress }: WaitOptions): Promise<void> {
  const said = onChange(progress)
  let replayAt = Date.now() + REPLAY_MS
  for (const deadline = Date.now() + callbacksMs; Date.now() < deadline; await sleep(1000)) {
    const delivered = receiver.deliveredCount()
    said(`callbacks delivered ${delivered}/${drill.ids.length}`)
    if (delivered >= drill.ids.length) return
    if (Date.now() < replayAt) continue
    replayAt = Date.now() + REPLAY_MS
    await replayPending(drill)
  }
}

function onChange(progress: (line: string) => void): (line: string) => void {
  let last = ''
  return (line) => {
    if (line !== last) progress(line)
    last = line
  }
}

export async function errandProblems(drill: Drill): Promise<readonly string[]> {
  return (await problemsOf(drill, drill.errands)).map(({ errand, problem }) => `${errand.name}: ${problem}`)
}

async function problemsOf(served: Served, errands: readonly Errand[]): Promise<readonly { errand: Errand; problem: string }[]> {
  const found: { errand: Errand; problem: string }[] = []
  for (const errand of errands) {
    const problem = await eventually(() => errand.problem(served))
    if (problem !== null) found.push({ errand, problem })
  }
  return found
}

async function replayPending(drill: Drill): Promise<void> {
  for (const id of drill.ids) {
    const { callback } = (await eventually(() => api(drill, `/request/${id}?details=1`))) as {
      callback: { status: string; attempts: number }
    }
    if (callback.status !== 'DELIVERED' && callback.attempts >= REPLAY_FROM_ATTEMPT)
      await eventually(() => api(drill, `/request/${id}/callback`, { method: 'POST' }))
  }
}

interface Listed {
  readonly items: readonly { readonly process_id: string; readonly status: string }[]
  readonly cursor: string | null
}

export async function listStatuses(served: Served): Promise<ReadonlyMap<string, string>> {
  const statuses = new Map<string, string>()
  for (let cursor: string | null = ''; cursor !== null;) {
    const path: string = `/request?kind=batch&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const page = (await eventually(() => api(served, path))) as Listed
    for (const { process_id, status } of page.items) statuses.set(process_id, status)
    cursor = page.cursor
  }
  return statuses
}
