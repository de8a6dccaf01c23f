import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { V8_FLAGS } from '../../src/local/runtime-config.ts'
import { workerdOf } from './support/processes.ts'
import { startServer } from './support/server.ts'

let state: string
beforeAll(() => (state = mkdtempSync(join(tmpdir(), 'emulsion-flags-'))))
afterAll(() => rmSync(state, { recursive: true, force: true }))

/** Those words of the configuration that workerd was given on its standard input that look like flags. */
async function flagsOfRuntime(env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const server = await startServer(state, env)
  try {
    const configuration = readFileSync(`/proc/${workerdOf(server.process.pid ?? 0)}/fd/0`, 'latin1')
    return V8_FLAGS.split(' ').filter((flag) => configuration.includes(`${flag}\0`))
  } finally {
    await server.stop()
  }
}

describe('the flags of V8', () => {
  it('reach workerd', async () => {
    expect(await flagsOfRuntime()).toEqual(V8_FLAGS.split(' '))
  })

  it('are those of the environment instead where it has some', async () => {
    expect(await flagsOfRuntime({ MINIFLARE_WORKERD_V8_FLAGS: '--max-semi-space-size=1' })).toEqual(['--max-semi-space-size=1'])
  })

  it('are what workerd obeys: it ends over one that V8 does not know', async () => {
    await expect(startServer(state, { MINIFLARE_WORKERD_V8_FLAGS: '--no-such-flag-of-v8' })).rejects.toThrow(/no-such-flag-of-v8/)
  })
})
