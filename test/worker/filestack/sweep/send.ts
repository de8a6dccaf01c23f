import { picture, request } from '../../support/client.ts'
import { OPEN, store } from '../../support/filestack.ts'
import { judge } from './answer.ts'
import type { Call } from './routes.ts'

/** A handle of the app of all calls. */
export const putPicture = async (): Promise<string> =>
  (await store(OPEN, picture('photo.jpg'), 'filename=a.jpg', { 'Content-Type': 'image/jpeg' })).handle

export type Change = Partial<Pick<Call, 'method' | 'query'>> & {
  readonly body?: object | string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
}

/** A call about a handle with something changed. Answers the status and what the error says. */
export async function send(call: Call, handle: string, change: Change = {}): Promise<string> {
  const { method, query, body } = { ...call, ...change }
  const search = new URLSearchParams(query).toString()
  const path = call.path.replace('{h}', handle) + (search === '' ? '' : `?${search}`)
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array)
  const type = typeof call.body === 'object' ? 'application/json' : 'text/plain'
  const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD'
  const response = await request(path, {
    method,
    ...(hasBody && { body: isJson ? JSON.stringify(body) : body }),
    headers: { ...(hasBody && { 'Content-Type': type }), ...change.headers },
  })
  return judge(response, call.shape)
}
