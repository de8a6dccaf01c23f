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
      presets: {
        thumbnail: 'w=200&h=200&fit=crop&f=webp',
      },
    },
  ],
  uploads: { expirySeconds: { env: 'EMULSION_UPLOAD_EXPIRY_SECONDS', default: '86400' } },
  batchServices: [{ id: 1, secret: { env: 'EMULSION_BATCH_SECRET' }, callbackKeys: [{ env: 'EMULSION_CALLBACK_KEY', default: '' }] }],
  // No variables, no door (docs/filestack.md).
  filestackApps: [
    {
      key: { env: 'EMULSION_FILESTACK_KEY', default: '' },
      secrets: [{ env: 'EMULSION_FILESTACK_SECRET', default: '' }],
      containers: [
        { name: 'default', folder: '/filestack/default' },
        { name: 'custom_source', folder: '/filestack/custom_source' },
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
  storageEvents: { env: 'EMULSION_STORAGE_EVENTS', default: 'bucket' },
})
