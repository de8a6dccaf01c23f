import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Keeps wrangler silent and off the network. */
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/**
 * Bundles the Worker into a folder exactly as a deployment would; wrangler's `[build]` compiles the WASM core first.
 * @param entry another main file than that of wrangler.toml, called `index.ts`.
 */
export async function buildWorker(outdir = process.env['EMULSION_DIST'] ?? 'dist', entry?: string): Promise<void> {
  rmSync(resolve(root, outdir), { recursive: true, force: true })
  const main = entry === undefined ? [] : [entry]
  const child = spawn(resolve(root, 'node_modules/.bin/wrangler'), ['deploy', ...main, '--dry-run', '--outdir', outdir], {
    cwd: root,
    env: { ...process.env, ...QUIET },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  if (code !== 0) throw new Error(`The build failed:\n${output}`)
}
