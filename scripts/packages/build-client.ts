import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import prettier from 'prettier'
import { clientParameters } from './client-parameters.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKAGE = join(ROOT, 'packages/client')

/** The generated file of types. */
export const PARAMETERS = join(PACKAGE, 'src', 'urls', 'parameters.ts')

export const formattedParameters = async (): Promise<string> =>
  prettier.format(clientParameters(), { ...(await prettier.resolveConfig(PARAMETERS)), filepath: PARAMETERS })

/** Bundles `@emulsion/client` into `packages/client/dist`, with its types. */
export async function buildClient(): Promise<void> {
  writeFileSync(PARAMETERS, await formattedParameters())
  const dist = join(PACKAGE, 'dist')
  rmSync(dist, { recursive: true, force: true })
  await build({
    entryPoints: [join(PACKAGE, 'src', 'index.ts')],
    outfile: join(dist, 'index.js'),
    bundle: true,
    format: 'esm',
    target: 'es2023',
    logLevel: 'warning',
  })
  const options = [
    '-p',
    PACKAGE,
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--rootDir',
    join(PACKAGE, 'src'),
    '--outDir',
    dist,
  ]
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), options, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout)
}
