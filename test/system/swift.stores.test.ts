import { expect, it } from 'vitest'
import type { SwiftSettings } from '../../src/adapters/stores/swift-login.ts'
import { createSwiftStore } from '../../src/adapters/stores/swift.ts'
import { storeObject } from '../../src/service/stores/store-object.ts'
import { objectStoreContract } from '../contracts/object-store.ts'
import type { StoreServer } from '../support/stores/servers.ts'
import { makeSwiftContainer, startSwift, SWIFT_USER, swiftToken } from './support/swift.ts'

const wait = async (): Promise<void> => undefined
const settingsOf = ({ url }: StoreServer): SwiftSettings => ({
  name: 'swift',
  authUrl: `${url}/auth/v1.0`,
  version: '1',
  user: SWIFT_USER.user,
  password: SWIFT_USER.key,
  isApiKey: false,
  project: undefined,
  domain: 'Default',
  region: undefined,
})

async function start(): Promise<StoreServer> {
  const server = await startSwift()
  await makeSwiftContainer(server.url, 'pictures')
  return server
}

objectStoreContract('Swift', {
  container: 'pictures',
  start,
  make: (server, change) => createSwiftStore({ ...settingsOf(server), ...(change && { password: 'wrong-secret' }) }, wait),
  keeps: ['mime', 'fileName', 'mark'],
  codes: {
    secret: /^store_failed: The store "swift" answered 401 Unauthorized\.$/,
    container: /^store_failed: The store "swift" answered 404( NotFound)?\.$/,
  },
})

it('leaves no segment of an object that is replaced, deleted or broken off, and logs in anew when its token is refused', async () => {
  const server = await start()
  try {
    const store = createSwiftStore(settingsOf(server), wait)
    const about = { mime: 'text/plain', fileName: null, mark: null, isPublic: false }
    const reserve = () => ({ release: () => undefined })
    const put = (key: string, length: number, size = length) =>
      storeObject(store, { container: 'pictures', key }, { stream: new Blob([new Uint8Array(length)]).stream(), size }, about, reserve)
    const segments = async (): Promise<number> => {
      const { token, storage } = await swiftToken(server.url)
      const response = await fetch(`${storage}/pictures_segments?format=json`, { headers: { 'X-Auth-Token': token } })
      return ((await response.json()) as unknown[]).length
    }
    await put('large', 20_000_000)
    expect(await segments()).toBe(3)
    await put('large', 30_000_000)
    expect(await segments()).toBe(4)
    await put('large', 1000)
    expect(await segments()).toBe(0)
    await put('large', 20_000_000)
    await store.delete('pictures', 'large')
    expect(await segments()).toBe(0)
    await expect(put('large', 25_000_000, 30_000_000)).rejects.toThrow()
    expect(await segments()).toBe(0)
    // memcached holds the tokens: after a restart none of them is known.
    await server.kill()
    await server.start()
    await put('small', 3)
    expect((await store.head('pictures', 'small'))?.size).toBe(3)
  } finally {
    await server.end()
  }
}, 120_000)
