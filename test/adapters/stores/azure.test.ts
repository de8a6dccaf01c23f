import { type AzureSettings, createAzureSigner } from '../../../src/adapters/stores/azure-request.ts'
import { createAzureStore } from '../../../src/adapters/stores/azure.ts'
import { objectStoreContract } from '../../contracts/object-store.ts'
import { AZURITE, startAzurite, type StoreServer } from '../../support/stores/servers.ts'

const wait = async (): Promise<void> => undefined
const WRONG = btoa('wrong-secret')
const settingsOf = ({ url }: StoreServer): AzureSettings => ({
  name: 'azure',
  endpoint: `${url}/${AZURITE.account}`,
  sas: undefined,
  ...AZURITE,
})

async function start(): Promise<StoreServer> {
  const server = await startAzurite()
  const made = await fetch(await createAzureSigner(settingsOf(server))('PUT', 'pictures', '', { query: { restype: 'container' } }))
  if (!made.ok) throw new Error(`azurite made no container: ${made.status} ${await made.text()}`)
  return server
}

/** An account's shared access signature (Microsoft, "Create an account SAS"): all rights to blobs and containers for an hour. */
async function sharedAccess(key: string): Promise<string> {
  const [version, until] = ['2021-12-02', new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')]
  const text = [AZURITE.account, 'rwdlac', 'b', 'sco', '', until, '', '', version, '', ''].join('\n')
  const bytes = Uint8Array.from(atob(key), (char) => char.charCodeAt(0))
  const imported = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text))
  const sig = btoa(String.fromCharCode(...new Uint8Array(signature)))
  return `?${new URLSearchParams({ sv: version, ss: 'b', srt: 'sco', sp: 'rwdlac', se: until, sig }).toString()}`
}

const common = {
  container: 'pictures',
  start,
  keeps: ['mime', 'fileName', 'mark'] as const,
  codes: {
    secret: /^store_failed: The store "azure" answered 403 (AuthorizationFailure|AuthenticationFailed)\.$/,
    container: /^store_failed: The store "azure" answered 404 ContainerNotFound\.$/,
  },
}

objectStoreContract('Azure with azurite and its key', {
  ...common,
  make: (server, change) => createAzureStore({ ...settingsOf(server), ...(change && { key: WRONG }) }, wait),
})

const [sas, wrongSas] = await Promise.all([sharedAccess(AZURITE.key), sharedAccess(WRONG)])
objectStoreContract('Azure with azurite and a shared access signature', {
  ...common,
  isShort: true,
  make: (server, change) => createAzureStore({ ...settingsOf(server), key: undefined, sas: change ? wrongSas : sas }, wait),
})
