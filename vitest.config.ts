import { availableParallelism } from 'node:os'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

/** Secrets of the tests: any text will do, for each run has its own storage. */
const TEST_VARIABLES = {
  // Tests send the events of the bucket themselves.
  EMULSION_STORAGE_EVENTS: 'bucket',
  EMULSION_ACCOUNT_ID: 'Emu1s1n',
  EMULSION_SECRET_KEY: 'secret_Emu1s1nTestTestTestTestTest1',
  EMULSION_PUBLIC_KEY: 'public_Emu1s1nTestTestTestTestTest1',
  EMULSION_BATCH_SECRET: 'batch-secret-of-the-tests',
  EMULSION_FILESTACK_KEY: 'AppOpenTestTestTest01z',
  EMULSION_FILESTACK_SECRET: 'SECRETOFTHEOPENAPP000000001',
  EMULSION_FILESTACK_SECURED_KEY: 'AppSecuredTestTestTest1z',
  EMULSION_FILESTACK_SECURED_SECRET: 'SECRETOFTHESECUREDAPP00000001',
  EMULSION_S3_DOOR: 'on',
  EMULSION_CALLBACK_KEY: 'whsec_S2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMgbG9uZyEh',
}

const DRILLS = ['fault-drill', 'handle-drill', 'trigger', 'restart', 'sdk-resume', 'filestack-expiry'].map(
  (name) => `test/e2e/${name}.test.ts`,
)
const STORES = 'test/e2e/stores/*.test.ts'

/** Tests that need modules, and what these hold, of their own: what counts all that happened, and what is loaded on first use. */
const APART = {
  unit: ['test/bench/table.test.ts', 'test/image/text/lazy.test.ts'],
  worker: ['test/worker/metrics/*.test.ts'],
}

const UNIT = { testTimeout: 60_000, hookTimeout: 60_000 }

/** Files share the Worker and wait for batches by asking again: together they ask more than the service of wrangler.toml may in a minute. */
const TEST_LIMITS = { BATCH_RATE_LIMIT: { namespace_id: '1001', simple: { limit: 1_000_000, period: 60 as const } } }

const workerd = () =>
  cloudflareTest({
    wrangler: { configPath: './wrangler.toml' },
    miniflare: { bindings: TEST_VARIABLES, ratelimits: TEST_LIMITS, cf: false },
  })
const WORKER = {
  globalSetup: ['./test/worker/support/pictures-setup.ts', './test/worker/support/runtime-output.ts'],
  testTimeout: 60_000,
  // The first request of a file waits for the modules of the Worker.
  hookTimeout: 60_000,
  // A log of a Durable Object behind the last message of a file waits in the runner for another message, and the run for the log.
  disableConsoleIntercept: true,
}

export default defineConfig({
  test: {
    // What a test logs is shown when it fails.
    silent: 'passed-only',
    // Vitest's own default leaves one processor idle: on two, that is half of the machine.
    maxWorkers: availableParallelism(),
    coverage: {
      provider: 'istanbul',
      include: ['src/**/*.ts'],
      exclude: ['src/image/assembly/**', 'src/local/**', 'src/**/*.d.ts'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      {
        // Pure code and its oracles, in Node. Files share what they import: to import it anew for each takes longer than the tests.
        test: {
          ...UNIT,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/e2e/**', 'test/system/**', ...APART.unit],
          isolate: false,
        },
      },
      { test: { ...UNIT, name: 'unit-apart', include: APART.unit } },
      {
        // Inside workerd: real R2, cache, queues and Durable Objects. Files share the Worker and its storage: each has paths of its own.
        plugins: [workerd()],
        test: { ...WORKER, name: 'worker', include: ['test/worker/**/*.test.ts'], exclude: APART.worker, isolate: false },
      },
      { plugins: [workerd()], test: { ...WORKER, name: 'worker-apart', include: APART.worker } },
      {
        // Over HTTP against the server that `npm start` starts.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...DRILLS, STORES],
          globalSetup: './test/e2e/support/build.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        // Servers that are killed at work, and what has to be waited for: `npm run test:drills`. Most of the minutes are waiting, so all files run beside each other.
        test: {
          name: 'drills',
          include: DRILLS,
          globalSetup: './test/e2e/support/build.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: DRILLS.length,
        },
      },
      {
        // With programs of Debian's packages (djpeg, Chromium): `npm run test:debian`. What is missing fails, it is never skipped.
        test: {
          name: 'debian',
          include: ['test/system/**/*.debian.test.ts'],
          globalSetup: './test/e2e/support/build.ts',
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // Foreign stores: emulated ones, and OpenStack Swift of Debian's packages: `npm run test:stores`. What is missing fails, it is never skipped.
        test: {
          name: 'stores',
          include: ['test/system/**/*.stores.test.ts', STORES],
          globalSetup: './test/e2e/support/build.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // With the packages of frameworks, which test/system/frameworks has a lock of: `npm run test:frameworks` installs them.
        test: {
          name: 'frameworks',
          include: ['test/system/**/*.frameworks.test.ts'],
          globalSetup: './test/e2e/support/build.ts',
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        // With the pictures of ../shared/corpus: `npm run test:corpus`. An extra: the project does not need them.
        test: {
          name: 'corpus',
          include: ['test/system/**/*.test.ts'],
          exclude: ['**/*.debian.test.ts', '**/*.stores.test.ts', '**/*.frameworks.test.ts'],
          globalSetup: './test/e2e/support/build.ts',
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
