import { env, exports } from 'cloudflare:workers'
import { inject } from 'vitest'

export const ACCOUNT = 'Emu1s1n'
export const ORIGIN = 'http://emulsion.test'

const variables = env as unknown as Readonly<Record<string, string>> // set in vitest.config.ts
export const SECRET_KEY = variables['EMULSION_SECRET_KEY'] ?? ''
export const PUBLIC_KEY = variables['EMULSION_PUBLIC_KEY'] ?? ''

const worker = (exports as unknown as { default: { fetch(request: Request): Promise<Response> } }).default // the Worker under test

/** One request to the Worker under test. */
export const request = (path: string, init?: RequestInit): Promise<Response> => requestAt(ORIGIN + path, init)
/** One under another origin. */
export const requestAt = (url: string, init?: RequestInit): Promise<Response> => worker.fetch(new Request(url, init))

/** A picture of pictures-setup.ts. */
export function picture(name: string): Uint8Array<ArrayBuffer> {
  const base64 = inject('pictures')[name]
  if (base64 === undefined) throw new Error(`No picture is called ${name}`)
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

const MIMES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  html: 'text/html',
  svg: 'image/svg+xml',
}

/** Stores a file through the API and answers its path. */
export async function upload(path: string, body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}): Promise<string> {
  const type = MIMES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  const response = await request(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${encodeURIComponent(path)}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': type, ...headers },
    body,
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as { filePath: string }).filePath
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details?: { readonly field?: string } }
}

export const errorOf = async (response: Response): Promise<ErrorBody['error']> => ((await response.json()) as ErrorBody).error
