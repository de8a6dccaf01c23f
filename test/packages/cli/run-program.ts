import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildCli } from '../../../scripts/packages/build-cli.ts'
import { coreModule } from '../../support/core-module.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** Where this process has built the program: other tests build theirs at the same time. */
let program = ''

/** Builds the program as it is packed. @returns what removes it. */
export async function buildProgram(): Promise<() => void> {
  await coreModule()
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-program-'))
  await buildCli(folder)
  program = join(folder, 'emulsion.mjs')
  return () => rmSync(folder, { recursive: true, force: true })
}

export interface RunOptions {
  readonly cwd: string
  /** Sent as soon as a result is told. */
  readonly signal?: NodeJS.Signals
}

/** Runs `emulsion` as a process. */
export function runProgram(args: readonly string[], { cwd, signal }: RunOptions): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
    const out: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk)
      if (signal && out.length === 1) child.kill(signal)
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', failed)
    child.on('close', (code) => done({ code, stdout: Buffer.concat(out), stderr }))
  })
}
