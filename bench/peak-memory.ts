/**
 * Memory of one job in a fresh process: `node bench/peak-memory.ts ENGINE FILE JOB`, the job as JSON, prints the number of bytes. For WASM engines it
 * is all their linear memories, which never shrink, and their pixel buffers; for sharp, which has none, by how much the process grew.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Case, Engine, Job } from './job.ts'

/** Runs this file for one engine and case. */
export async function peakBytesOf(engine: Engine, { file, job }: Case): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, engine.name, file, JSON.stringify(job)])
  return Number(stdout)
}

/** Highest resident size so far; Linux only, else what is resident now. */
function residentPeak(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
  } catch {
    return process.memoryUsage.rss()
  }
}

/** Has every memory that a WASM instance exports remembered, from now on until `stop`. */
export function watchMemories(): { readonly memories: ReadonlySet<WebAssembly.Memory>; stop(): void } {
  const { Instance: OwnInstance } = WebAssembly
  const memories = new Set<WebAssembly.Memory>()
  const note = (instance: WebAssembly.Instance): void => {
    for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.add(value)
  }
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Instance, args: ConstructorParameters<typeof WebAssembly.Instance>) {
      const instance = new Instance(...args)
      note(instance)
      return instance
    },
  })
  const web = WebAssembly as unknown as { instantiate(source: unknown, imports?: unknown): Promise<unknown> }
  const ownInstantiate = web.instantiate
  web.instantiate = async (source, imports) => {
    const result = await ownInstantiate.call(WebAssembly, source, imports)
    note(result instanceof WebAssembly.Instance ? result : (result as { instance: WebAssembly.Instance }).instance)
    return result
  }
  return {
    memories,
    stop() {
      WebAssembly.Instance = OwnInstance
      web.instantiate = ownInstantiate
    },
  }
}

async function measure(name: string, file: Uint8Array, job: Job): Promise<number> {
  const { memories } = watchMemories()
  const { ENGINES } = await import('./engines/table.ts')
  const engine = ENGINES.find((one) => one.name === name)
  if (!engine) throw new Error(`no engine ${name}`)
  const before = residentPeak()
  const { pixelBytes } = await engine.run(file, job)
  if (name === 'sharp') return residentPeak() - before
  return pixelBytes + [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0)
}

if (process.argv[1] === import.meta.filename) {
  const [name = '', file = '', job = ''] = process.argv.slice(2)
  console.log(await measure(name, readFileSync(file), JSON.parse(job) as Job))
}
