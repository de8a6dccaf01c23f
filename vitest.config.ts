import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    coverage: { provider: 'istanbul', include: ['src/**/*.ts'], exclude: ['src/image/assembly/**', 'src/local/**'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/e2e/**', 'test/system/**'],
          testTimeout: 60_000,
        },
      },
    ],
  },
})
