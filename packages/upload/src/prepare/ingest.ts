import { createTransport, type Fetch } from '../../../client/src/http/transport.ts'
import type { EngineLimits, Parameters } from '../engine/order.ts'

/** Which service, and by which key. */
export interface Service {
  /** `https://images.example.com`. */
  readonly url: string
  /** A public key, or a token. */
  readonly key: string
  /** Seven characters; the key's own when absent. */
  readonly account?: string | undefined
  /** A preset of the account; the one that it has for uploads when absent. */
  readonly preset?: string | undefined
  readonly fetch?: Fetch | undefined
}

/** What an account makes of pictures before they are sent: the answer of `GET /-/ingest/{account}`. */
export interface Ingest {
  readonly account: string
  /** `null`: pictures are sent as they are. */
  readonly preset: { readonly name: string; readonly parameters: Parameters } | null
  readonly stripLocation: boolean
  readonly limits: EngineLimits & { readonly maxUploadBytes: number }
}

/** The account of a service; that of the key, which names it, when none is given. */
export const accountOf = ({ account, key }: Service): string => account ?? /^(?:secret|public)_(\w{7})/.exec(key)?.[1] ?? ''

/** Asks the service. @throws EmulsionError: 401 for a key that it does not know. */
export function loadIngest(service: Service, signal?: AbortSignal): Promise<Ingest> {
  const query = service.preset === undefined ? '' : `?${new URLSearchParams({ preset: service.preset })}`
  const transport = createTransport({ url: service.url, fetch: service.fetch })
  return transport.json<Ingest>(`/-/ingest/${encodeURIComponent(accountOf(service))}${query}`, { key: service.key, signal })
}
