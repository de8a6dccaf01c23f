// Bundles the console's program (console/main.ts, with the SDK's own browser build) to public/-/console/console.js.
import { resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')

export async function buildConsole(): Promise<void> {
  await build({
    entryPoints: [resolve(root, 'console/main.ts')],
    outfile: resolve(root, 'public/-/console/console.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.5'],
    logLevel: 'warning',
  })
}

if (import.meta.main) await buildConsole()
