import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildCli } from '../../../scripts/packages/build-cli.ts'
import { coreModule } from '../../support/core-module.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

const PROGRAM = join(import.meta.dirname, '../../../packages/cli/dist/emulsion.mjs')

/** Builds the program as it is packed. */
export async function buildProgram(): Promise<void> {
  await coreModule()
  await buildCli()
}

export interface RunOptions {
  readonly cwd: string
  /** Sent as soon as something stands in standard error. */
  readonly signal?: NodeJS.Signals
  /** In front of the program. */
  readonly wrapper?: readonly string[]
}

/** Runs `emulsion` as a process. */
export function runProgram(args: readonly string[], { cwd, wrapper = [] }: RunOptions): Promise<Ended> {
  const [command = '', ...rest] = [...wrapper, process.execPath, PROGRAM, ...args]
  return new Promise((done, failed) => {
    const child = spawn(command, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
    const out: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', failed)
    child.on('close', (code) => done({ code, stdout: Buffer.concat(out), stderr }))
  })
}
