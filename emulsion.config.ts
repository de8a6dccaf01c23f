import { defineConfig } from './src/config.ts'

/** The settings of this installation. Secrets are named here and live in the environment. See docs/deploy.md. */
export default defineConfig({
  accounts: [
    {
      id: { env: 'EMULSION_ACCOUNT_ID', default: 'Emu1s1n' },
      keys: [
        { id: 'secret', kind: 'secret', key: { env: 'EMULSION_SECRET_KEY' } },
        { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
      ],
    },
  ],
})
