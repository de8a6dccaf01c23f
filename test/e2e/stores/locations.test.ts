import { createAzureSigner } from '../../../src/adapters/stores/azure-request.ts'
import { createAzureStore } from '../../../src/adapters/stores/azure.ts'
import { createDropboxStore } from '../../../src/adapters/stores/dropbox.ts'
import { createS3Store } from '../../../src/adapters/stores/s3.ts'
import { filestackLocationContract } from '../../contracts/filestack-location.ts'
import { AZURITE, DROPBOX, S3RVER_KEYS, startAzurite, startDropbox, startS3rver, type StoreServer } from '../../support/stores/servers.ts'

const wait = async (): Promise<void> => undefined
const azureOf = ({ url }: StoreServer) => ({ name: 'azure', endpoint: `${url}/${AZURITE.account}`, ...AZURITE })

for (const [location, prefix] of [
  ['S3', 'EMULSION_S3'],
  ['gcs', 'EMULSION_GCS'],
] as const)
  filestackLocationContract({
    location,
    container: 'pictures',
    store: location.toLowerCase(),
    start: () => startS3rver('pictures'),
    variables: ({ url }) => ({
      [`${prefix}_ENDPOINT`]: url,
      [`${prefix}_ACCESS_KEY_ID`]: S3RVER_KEYS.accessKeyId,
      [`${prefix}_SECRET_ACCESS_KEY`]: S3RVER_KEYS.secretAccessKey,
      [`${prefix}_BUCKET`]: 'pictures',
    }),
    make: ({ url }) => createS3Store({ name: 's3', endpoint: url, region: 'us-east-1', pathStyle: true, ...S3RVER_KEYS }, wait),
    isShort: location === 'gcs',
    keepsTypes: true,
    canPublish: true,
  })

filestackLocationContract({
  location: 'azure',
  container: 'pictures',
  store: 'azure',
  async start() {
    const server = await startAzurite()
    await fetch(await createAzureSigner(azureOf(server))('PUT', 'pictures', '', { query: { restype: 'container' } }))
    return server
  },
  variables: (server) => ({
    EMULSION_AZURE_ENDPOINT: azureOf(server).endpoint,
    EMULSION_AZURE_ACCOUNT: AZURITE.account,
    EMULSION_AZURE_KEY: AZURITE.key,
    EMULSION_AZURE_CONTAINER: 'pictures',
  }),
  make: (server) => createAzureStore(azureOf(server), wait),
  keepsTypes: true,
  canPublish: false,
})

filestackLocationContract({
  location: 'dropbox',
  container: null,
  store: 'dropbox',
  start: startDropbox,
  variables: ({ url }) => ({
    EMULSION_DROPBOX_API_URL: url,
    EMULSION_DROPBOX_CONTENT_URL: url,
    EMULSION_DROPBOX_APP_KEY: DROPBOX.appKey,
    EMULSION_DROPBOX_APP_SECRET: DROPBOX.appSecret,
    EMULSION_DROPBOX_REFRESH_TOKEN: DROPBOX.refreshToken,
  }),
  make: ({ url }) => createDropboxStore({ name: 'dropbox', root: '', apiUrl: url, contentUrl: url, ...DROPBOX }, wait),
  keepsTypes: false,
  canPublish: false,
})
