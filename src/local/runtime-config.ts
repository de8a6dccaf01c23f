import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Assembly } from './assemble.ts'

const PROGRAM = resolve(import.meta.dirname, 'assemble.ts')

/**
 * Flags of V8 for a small machine: collect garbage early instead of letting the heap of each isolate grow first. V8 sees only the small JavaScript
 * side of what a request leaves behind, so its usual limits wait too long; `--memory-balancer` sets the limit of each isolate by how fast it
 * allocates and how quickly it is collected. `npm run bench:memory` measures what they bring.
 */
export const V8_FLAGS =
  '--initial-old-space-size=1 --max-semi-space-size=1 --optimize-for-size --memory-saver-mode --memory-balancer --memory-balancer-c-value=3e-9'

/**
 * Writes the configuration of workerd into a folder that nobody else can read: it holds the keys.
 * @returns the file.
 * @throws Error with the reason of the program that assembles it.
 */
export async function assembleConfig(assembly: Omit<Assembly, 'config'>, folder: string): Promise<string> {
  const config = join(folder, 'workerd.bin')
  const env = { MINIFLARE_WORKERD_V8_FLAGS: V8_FLAGS, ...process.env, TMPDIR: folder }
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['pipe', 'ignore', 'pipe'] })
  const ended = new Promise<NodeJS.Signals | null>((done, failed) => child.once('error', failed).once('close', (_, signal) => done(signal)))
  child.stdin.on('error', () => undefined).end(JSON.stringify({ ...assembly, config } satisfies Assembly))
  const [said, signal] = await Promise.all([text(child.stderr), ended])
  if (signal !== 'SIGKILL') throw new Error(`The local runtime cannot be configured:\n${said}`) // it ends itself so when all is written
  for (const store of temporaryStores(readFileSync(config, 'utf8'), folder)) mkdirSync(store, { recursive: true })
  return config
}

/**
 * The folders that a configuration names for data that lives no longer than the runtime. workerd expects them to exist.
 * @param config as text. Bytes that are no UTF-8 do not matter.
 * @returns the paths below `folder`.
 */
export const temporaryStores = (config: string, folder: string): readonly string[] =>
  config.split(`${folder}/`).flatMap((rest) => {
    const [store] = /^miniflare-[0-9a-f]{32}\/[\w-]+/.exec(rest) ?? []
    return store === undefined ? [] : [join(folder, store)]
  })
