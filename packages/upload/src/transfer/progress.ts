import type { Fetch } from '../../../client/src/http/transport.ts'

type Tell = (progress: { readonly sent: number; readonly total: number }) => void

/** Counts bytes while they go, not only when a part has arrived: `fetch` does not tell of them, XMLHttpRequest does. */
export function createProgress(total: number, tell: Tell | undefined): { readonly fetch: Fetch; readonly parted: Tell } {
  const underWay = new Map<object, number>()
  let [arrived, told] = [0, 0]
  const count = (): void => {
    const sent = Math.min(total, arrived + [...underWay.values()].reduce((sum, bytes) => sum + bytes, 0))
    if (sent <= told) return
    told = sent
    tell?.({ sent, total })
  }
  return {
    parted({ sent }) {
      arrived = sent
      count()
    },
    fetch(url, init = {}) {
      if (!(init.body instanceof Blob)) return globalThis.fetch(url, init)
      const request = {}
      return sendBlob(url, init, init.body, (bytes) => {
        underWay.set(request, bytes)
        count()
      }).finally(() => underWay.delete(request))
    },
  }
}

/** As `fetch` does: a TypeError without an answer, and the signal's reason. */
function sendBlob(
  url: string,
  { method = 'GET', headers, signal }: RequestInit,
  body: Blob,
  sent: (bytes: number) => void,
): Promise<Response> {
  return new Promise((done, failed) => {
    if (signal?.aborted === true) return failed(signal.reason as Error)
    const request = new XMLHttpRequest()
    const abort = (): void => {
      request.abort()
      failed(signal?.reason as Error)
    }
    signal?.addEventListener('abort', abort)
    request.open(method, url)
    new Headers(headers).forEach((value, name) => request.setRequestHeader(name, value))
    request.responseType = 'arraybuffer'
    request.upload.onprogress = ({ loaded }) => sent(loaded)
    request.onerror = () => failed(new TypeError('The request had no answer.'))
    request.onload = () =>
      done(
        new Response(isEmpty(request.status) ? null : (request.response as ArrayBuffer), {
          status: request.status,
          headers: headersOf(request),
        }),
      )
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    request.send(body)
  })
}

/** Statuses whose answers have no body (Fetch standard §2.2.3). */
const isEmpty = (status: number): boolean => [101, 103, 204, 205, 304].includes(status)

const headersOf = (request: XMLHttpRequest): Headers =>
  new Headers(
    request
      .getAllResponseHeaders()
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
