import type { RunningServer } from '../../test/e2e/support/server.ts'

export const SECRET = 'secret-of-the-drill'
export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** The server that runs now: each kill replaces it. */
export interface Served {
  server: RunningServer
}

/** A call of the batch API. @throws for every answer but 2xx. */
export async function api({ server }: Served, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(server.origin + path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${SECRET}` } })
  if (response.status === 429) await sleep(Number(response.headers.get('Retry-After') ?? 1) * 1000)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** A call with the account's secret key; `{account}` and an address of the server itself are filled in. @throws for every answer but 2xx. */
export async function asOwner({ server }: Served, target: string, init: RequestInit = {}): Promise<Response> {
  const { origin, account, secretKey } = server
  const path = target.replace(/^https?:\/\/[^/]+/, '').replace('{account}', account)
  const response = await fetch(origin + path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${secretKey}` } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

/** The stored bytes of a file, none when there is no such file. */
export async function readFile(served: Served, path: string): Promise<Buffer> {
  const { origin, account } = served.server
  const response = await fetch(`${origin}/${account}/raw${path}?cache=false`)
  if (response.status >= 500) throw new Error(`${path}: ${response.status}`)
  return Buffer.from(response.ok ? await response.arrayBuffer() : new ArrayBuffer(0))
}

export const putPicture = (served: Served, path: string, bytes: Buffer): Promise<Response> =>
  asOwner(served, `/v2/accounts/{account}/uploads/binary?filePath=${encodeURIComponent(path)}`, {
    method: 'POST',
    headers: { 'Content-Type': 'image/jpeg' },
    body: new Uint8Array(bytes),
  })

/** As a client does: what fails because the server is away, or its storage, is asked again. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= 200) throw error
      await sleep(300)
    }
  }
}
