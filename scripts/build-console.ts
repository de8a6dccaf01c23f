// Bundles the console's program (console/main.ts, with the SDK's own browser build) to public/-/console/console.js.
import { resolve } from 'node:path'
import { build } from 'esbuild'
import { configSchema } from '../src/config/schema.ts'
import definition from '../emulsion.config.ts'
import { replaceFile } from './built-files/replace-file.ts'

const root = resolve(import.meta.dirname, '..')

/** The largest photograph that the service stores and processes. */
function maxPhotographBytes(): number {
  const { maxFileBytes, maxUploadBytes } = configSchema.parse(definition).limits
  return Math.min(maxFileBytes, maxUploadBytes)
}

export async function buildConsole(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [resolve(root, 'console/main.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.5'],
    define: { MAX_PHOTOGRAPH_BYTES: String(maxPhotographBytes()) },
    logLevel: 'warning',
  })
  for (const { contents } of outputFiles) replaceFile(resolve(root, 'public/-/console/console.js'), contents)
}

if (import.meta.main) await buildConsole()
