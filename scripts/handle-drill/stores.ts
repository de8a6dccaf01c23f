// What a client does with handles, and what it knows afterwards.
import { createHash, randomBytes } from 'node:crypto'
import { sleep, type Served } from '../fault-drill/client.ts'
import { APP } from './server.ts'
import type { Sources } from './sources.ts'

export interface DrillState extends Served {
  readonly sources: Sources
  readonly answered: Answered[]
  /** Calls that began and were not answered: a kill hit them. */
  lost: number
}

/** A store that was answered, and what has been done with its handle since. */
export interface Answered {
  readonly handle: string
  /** Path inside the account. */
  readonly path: string
  content: Buffer
  /** `removed`: the handle and its file are gone; `forgotten`: the handle alone. */
  state: 'stored' | 'removed' | 'forgotten'
}

const CONTAINER = '/filestack/default/'
const SIZES = [1, 900, 70_000, 1_500_000]
const basic = { Authorization: `Basic ${Buffer.from(`app:${APP.secret}`).toString('base64')}` }
const text = (content: Buffer): string => content.toString('base64')

interface Body {
  readonly query?: string
  readonly type?: string
  readonly body: BodyInit
}

const KINDS: readonly ((content: Buffer, sources: Sources) => Body)[] = [
  (content) => ({ type: 'application/octet-stream', body: new Uint8Array(content) }),
  (content) => {
    const form = new FormData()
    form.append('fileUpload', new Blob([new Uint8Array(content)]), 'a.bin')
    return { body: form }
  },
  (content) => ({ query: '&base64decode=true', type: 'text/plain', body: text(content) }),
  (content, sources) => ({ body: new URLSearchParams({ url: sources.urlOf(content) }) }),
  (content, sources) => ({ type: 'application/json', body: JSON.stringify({ url: sources.urlOf(content) }) }),
]

/** Store number `n`, sent anew until it is answered; then, for some, what follows: an overwrite, a removal, a forgotten handle. */
export async function liveOf(drill: DrillState, n: number): Promise<void> {
  const stored = await storeUntilAnswered(drill, n)
  if (n % 3 === 0) await overwrite(drill, stored)
  if (n % 5 === 0) await remove(drill, stored, 'removed', '')
  else if (n % 7 === 0) await remove(drill, stored, 'forgotten', '&skip_storage=true')
}

async function storeUntilAnswered(drill: DrillState, n: number): Promise<Answered> {
  for (let attempt = 0; ; attempt++) {
    const content = Buffer.concat([Buffer.from(`store ${n}, attempt ${attempt}. `), randomBytes(SIZES[n % SIZES.length] ?? 1)])
    const { query = '', type, body } = (KINDS[n % KINDS.length] as (typeof KINDS)[number])(content, drill.sources)
    const path = n % 2 === 0 ? `&path=drill/${n}-${attempt}.bin` : ''
    const headers = { ...basic, ...(type !== undefined && { 'Content-Type': type }) }
    const response = await send(drill, `/api/store/S3?key=${APP.key}${path}${query}`, { method: 'POST', headers, body })
    if (response?.status === 200) {
      const { handle, key } = (await response.json()) as { handle: string; key: string }
      const answered: Answered = { handle, path: CONTAINER + key, content, state: 'stored' }
      drill.answered.push(answered)
      return answered
    }
    await sleep(200)
  }
}

async function overwrite(drill: DrillState, stored: Answered): Promise<void> {
  const content = Buffer.concat([Buffer.from('overwritten '), stored.content])
  const headers = { ...basic, 'Content-Type': 'application/octet-stream' }
  const init = { method: 'POST', headers, body: new Uint8Array(content) }
  const status = await untilAnswered(drill, `/api/file/${stored.handle}`, init)
  if (status === 200) stored.content = content
}

/** A removal whose answer was lost is asked for again: then the handle is gone. */
async function remove(drill: DrillState, stored: Answered, state: Answered['state'], query: string): Promise<void> {
  await untilAnswered(drill, `/api/file/${stored.handle}?key=${APP.key}${query}`, { method: 'DELETE', headers: basic })
  stored.state = state
}

/** @returns 200 or 404. */
async function untilAnswered(drill: DrillState, path: string, init: RequestInit): Promise<number> {
  for (;;) {
    const response = await send(drill, path, init)
    if (response?.status === 200 || response?.status === 404) return response.status
    await sleep(200)
  }
}

/** The whole answer, or `null` when the server was away or ended meanwhile. @throws Error for a status that no client of these calls should see. */
async function send(drill: DrillState, path: string, init: RequestInit): Promise<Response | null> {
  const response = await fetch(drill.server.origin + path, init)
    .then(async (answer) => new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers }))
    .catch((error: unknown) => {
      if ((error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED') drill.lost++
      return null
    })
  if (response && ![200, 404, 429, 503].includes(response.status)) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')
