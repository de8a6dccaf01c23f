// Batches that the service works on while others ask.
import type { RunningServer } from '../../test/e2e/support/server.ts'
import { sleep } from './questions.ts'

export const SECRET = 'secret-of-the-bench'
/** Of one process. */
export const MOST_JOBS = 100
const headers = { Authorization: `Bearer ${SECRET}` }

/** @returns the id of a process with `jobs` jobs on one source: widths from 200, JPEG and WebP in turn. */
export async function createBatch({ origin }: RunningServer, source: string, folder: string, jobs: number): Promise<string> {
  const list = Array.from({ length: jobs }, (_, i) => ({
    destination: `${folder}/${i}.${i % 2 === 0 ? 'jpg' : 'webp'}`,
    transformations: [{ type: 'resize', width: 200 + i }],
  }))
  const response = await fetch(`${origin}/request`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ service_id: 1, source, jobs: list }),
  })
  if (!response.ok) throw new Error(`The process was not created: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { process_id: string }).process_id
}

interface Details {
  readonly status: string
  readonly jobs: readonly { readonly status: string }[]
}

async function details({ origin }: RunningServer, id: string): Promise<Details> {
  return (await (await fetch(`${origin}/request/${id}?details=1`, { headers })).json()) as Details
}

const finishedOf = ({ jobs }: Details): number => jobs.filter(({ status }) => status === 'FINISHED').length

/** @returns the status of a process when it has ended, and how many milliseconds late each event of its jobs arrived. */
export async function follow({ origin }: RunningServer, id: string): Promise<{ status: string; late: readonly number[] }> {
  const late: number[] = []
  let status = ''
  const response = await fetch(`${origin}/request/${id}/events`, { headers })
  for await (const { event, data } of events(response)) {
    const { at, status: said } = JSON.parse(data) as { at: string; status: string }
    if (event === 'job') late.push(Math.max(0, Date.now() - Date.parse(at)))
    if (event === 'process') status = said
  }
  return { status, late }
}

async function* events(response: Response): AsyncGenerator<{ event: string; data: string }> {
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)] as const),
      )
      text = text.slice(end + 2)
      if (fields.has('event')) yield { event: fields.get('event') ?? '', data: fields.get('data') ?? '{}' }
    }
  }
}

/** Cancels a batch when some of its jobs have ended. @returns what was asked for and what came. */
export async function cancelInBetween(server: RunningServer, id: string): Promise<string> {
  while (finishedOf(await details(server, id)) < 5) await sleep(50)
  const started = performance.now()
  const response = await fetch(`${server.origin}/request/${id}`, { method: 'DELETE', headers })
  const { status } = (await response.json()) as { status: string }
  const answered = Math.round(performance.now() - started)
  await sleep(Math.max(0, 1000 - answered))
  const aSecondLater = finishedOf(await details(server, id))
  await sleep(2000)
  const later = finishedOf(await details(server, id))
  return `DELETE answered ${response.status} ${status} in ${answered} ms; jobs finished after 1 s: ${aSecondLater}, after 3 s: ${later}`
}
