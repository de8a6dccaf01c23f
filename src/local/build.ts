import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Keeps wrangler silent and off the network. */
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/** Where a bundle keeps the options that the local runtime needs. */
export const OPTIONS_FILE = 'worker-options.json'

/** Where in the bundle's folder that of the renderer lies. */
export const RENDERER_FOLDER = 'renderer'

/**
 * Bundles the Worker and the renderer into a folder exactly as a deployment would; wrangler's `[build]` compiles the WASM core first. Beside it lie the options
 * of wrangler.toml for the local runtime.
 * @param entry another main file than that of wrangler.toml, called `index.ts`.
 */
export async function buildWorker(outdir = process.env['EMULSION_DIST'] ?? 'dist', entry?: string): Promise<void> {
  rmSync(resolve(root, outdir), { recursive: true, force: true })
  const main = entry === undefined ? [] : [entry]
  await runNode(['node_modules/wrangler/bin/wrangler.js', 'deploy', ...main, '--dry-run', '--outdir', outdir])
  await runNode(['src/local/worker-options.ts', resolve(root, outdir, OPTIONS_FILE)])
  // After the Worker, whose build has compiled the core.
  const renderer = join(outdir, RENDERER_FOLDER)
  await runNode(['node_modules/wrangler/bin/wrangler.js', 'deploy', '-c', 'wrangler.renderer.toml', '--dry-run', '--outdir', renderer])
}

/** Runs a program by the Node that runs this one, whatever Node the system has. */
async function runNode(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...QUIET }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  if (code !== 0) throw new Error(`The build failed:\n${output}`)
}
