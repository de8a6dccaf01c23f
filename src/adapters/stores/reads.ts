import type { ObjectStore } from '../../service/stores/object-store.ts'
import { type StoreCall, storeBody } from './exchange.ts'
import { infoOfHeaders, lengthOf, rangeHeader } from './object-headers.ts'

type Call = (
  method: string,
  container: string,
  key: string,
  more: Pick<StoreCall, 'accept' | 'streams'> & { readonly headers?: Readonly<Record<string, string>> },
) => Promise<Response>

/** Reading from a store that tells of an object by HTTP's own headers. @param mark the header that keeps who stored it. */
export const readsByHeaders = (name: string, mark: string, call: Call): Pick<ObjectStore, 'head' | 'open'> => ({
  async head(container, key) {
    const response = await call('HEAD', container, key, { accept: [404] })
    return response.ok ? infoOfHeaders(key, response.headers, mark) : null
  },
  async open(container, key, range) {
    const response = await call('GET', container, key, { headers: rangeHeader(range), accept: [404], streams: true })
    if (!response.ok) return null
    const info = infoOfHeaders(key, response.headers, mark)
    return { info, body: storeBody(name, response, lengthOf(info, range)) }
  },
})
