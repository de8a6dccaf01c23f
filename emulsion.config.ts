import { defineConfig } from './src/config/schema.ts'

/** The settings of this installation. Secrets are named here and live in the environment. See docs/deploy.md. */
export default defineConfig({
  accounts: [
    {
      id: { env: 'EMULSION_ACCOUNT_ID', default: 'Emu1s1n' },
      keys: [
        {
          id: 'secret',
          kind: 'secret',
          key: { env: 'EMULSION_SECRET_KEY' },
          secureUrlKey: { env: 'EMULSION_SECURE_URL_KEY', default: '' },
        },
        { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
      ],
      // PEM of the public key that checks access tokens; none while it is empty.
      tokenKeys: [{ env: 'EMULSION_TOKEN_PUBLIC_KEY', default: '' }],
      // Folders that show files from elsewhere (docs/mounts.md). One whose variable is empty is not there.
      mounts: [
        { folder: '/mounted/web', alias: 'web', web: { env: 'EMULSION_MOUNT_WEB', default: '' } },
        { folder: '/mounted/s3', alias: 's3', store: 's3', container: { env: 'EMULSION_MOUNT_S3', default: '' } },
        { folder: '/mounted/gcs', alias: 'gcs', store: 'gcs', container: { env: 'EMULSION_MOUNT_GCS', default: '' } },
        { folder: '/mounted/azure', alias: 'azure', store: 'azure', container: { env: 'EMULSION_MOUNT_AZURE', default: '' } },
        { folder: '/mounted/swift', alias: 'swift', store: 'swift', container: { env: 'EMULSION_MOUNT_SWIFT', default: '' } },
      ],
      presets: {
        thumbnail: 'w=200&h=200&fit=crop&f=webp',
        upload: 'w=1600&h=1600&fit=shrink&f=jpeg',
      },
      // What pages make of pictures before they send them (docs/upload.md).
      ingest: { preset: 'upload' },
    },
  ],
  uploads: { expirySeconds: { env: 'EMULSION_UPLOAD_EXPIRY_SECONDS', default: '86400' } },
  batchServices: [{ id: 1, secret: { env: 'EMULSION_BATCH_SECRET' }, callbackKeys: [{ env: 'EMULSION_CALLBACK_KEY', default: '' }] }],
  // Where Filestack's locations lead. A store whose variables are empty is not there (docs/filestack.md).
  stores: [
    {
      name: 's3',
      kind: 's3',
      endpoint: { env: 'EMULSION_S3_ENDPOINT', default: 'https://s3.{region}.amazonaws.com' },
      region: { env: 'EMULSION_S3_REGION', default: 'us-east-1' },
      accessKeyId: { env: 'EMULSION_S3_ACCESS_KEY_ID', default: '' },
      secretAccessKey: { env: 'EMULSION_S3_SECRET_ACCESS_KEY', default: '' },
      sessionToken: { env: 'EMULSION_S3_SESSION_TOKEN', default: '' },
    },
    {
      name: 'gcs',
      kind: 'gcs',
      endpoint: { env: 'EMULSION_GCS_ENDPOINT', default: 'https://storage.googleapis.com' },
      accessKeyId: { env: 'EMULSION_GCS_ACCESS_KEY_ID', default: '' },
      secretAccessKey: { env: 'EMULSION_GCS_SECRET_ACCESS_KEY', default: '' },
    },
    {
      name: 'azure',
      kind: 'azure',
      endpoint: { env: 'EMULSION_AZURE_ENDPOINT', default: 'https://{account}.blob.core.windows.net' },
      account: { env: 'EMULSION_AZURE_ACCOUNT', default: '' },
      key: { env: 'EMULSION_AZURE_KEY', default: '' },
      sas: { env: 'EMULSION_AZURE_SAS', default: '' },
    },
    {
      name: 'swift',
      kind: 'swift',
      authUrl: { env: 'EMULSION_SWIFT_AUTH_URL', default: '' },
      user: { env: 'EMULSION_SWIFT_USER', default: '' },
      password: { env: 'EMULSION_SWIFT_PASSWORD', default: '' },
      project: { env: 'EMULSION_SWIFT_PROJECT', default: '' },
      domain: { env: 'EMULSION_SWIFT_DOMAIN', default: 'Default' },
      region: { env: 'EMULSION_SWIFT_REGION', default: '' },
    },
    {
      name: 'dropbox',
      kind: 'dropbox',
      apiUrl: { env: 'EMULSION_DROPBOX_API_URL', default: 'https://api.dropboxapi.com' },
      contentUrl: { env: 'EMULSION_DROPBOX_CONTENT_URL', default: 'https://content.dropboxapi.com' },
      appKey: { env: 'EMULSION_DROPBOX_APP_KEY', default: '' },
      appSecret: { env: 'EMULSION_DROPBOX_APP_SECRET', default: '' },
      refreshToken: { env: 'EMULSION_DROPBOX_REFRESH_TOKEN', default: '' },
    },
  ],
  // No variables, no door (docs/filestack.md).
  filestackApps: [
    {
      key: { env: 'EMULSION_FILESTACK_KEY', default: '' },
      secrets: [{ env: 'EMULSION_FILESTACK_SECRET', default: '' }],
      containers: [
        { name: 'default', folder: '/filestack/default' },
        { name: 'custom_source', folder: '/filestack/custom_source' },
      ],
      stores: [
        { store: 's3', containers: [{ env: 'EMULSION_S3_BUCKET', default: '' }] },
        { store: 'gcs', containers: [{ env: 'EMULSION_GCS_BUCKET', default: '' }] },
        { store: 'azure', containers: [{ env: 'EMULSION_AZURE_CONTAINER', default: '' }] },
        { store: 'swift', containers: [{ env: 'EMULSION_SWIFT_CONTAINER', default: '' }] },
        { store: 'dropbox' },
      ],
    },
    {
      key: { env: 'EMULSION_FILESTACK_SECURED_KEY', default: '' },
      secrets: [{ env: 'EMULSION_FILESTACK_SECURED_SECRET', default: '' }],
      security: 'required',
      containers: [
        { name: 'default', folder: '/filestack-secured/default' },
        { name: 'custom_source', folder: '/filestack-secured/custom_source' },
      ],
    },
  ],
  triggers: [
    {
      id: 'thumbs',
      match: { prefix: '/incoming/' },
      outputs: [
        {
          destination: '{dir}/thumbs/{name}-{width}.webp',
          plan: { steps: [{ op: 'resize', params: { width: 200, enlarge: false } }], output: { format: 'webp', quality: 75 } },
        },
        {
          destination: '{dir}/thumbs/{name}-{width}.webp',
          plan: { steps: [{ op: 'resize', params: { width: 800, enlarge: false } }], output: { format: 'webp', quality: 80 } },
        },
      ],
      onDelete: 'remove',
    },
  ],
  storageEvents: { env: 'EMULSION_STORAGE_EVENTS', default: 'service' },
})
