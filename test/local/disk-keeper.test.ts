import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startDiskKeeper, type DiskKeeper } from '../../src/local/disk/keeper.ts'
import type { DiskState } from '../../src/service/ports.ts'

const PETABYTE = 1e15

let statePath: string
let keeper: DiskKeeper | undefined
beforeEach(() => (statePath = mkdtempSync(join(tmpdir(), 'emulsion-keeper-'))))
afterEach(async () => {
  await keeper?.close()
  rmSync(statePath, { recursive: true, force: true })
})

async function keep(reserve: number | undefined): Promise<() => Promise<DiskState>> {
  const socketPath = join(statePath, 'socket')
  const started = await startDiskKeeper({ statePath, reserve, socket: socketPath })
  keeper = started
  return () =>
    new Promise((done, failed) => {
      const call = request({ socketPath, path: '/' }, (response) => {
        text(response).then((body) => done(JSON.parse(body) as DiskState), failed) // of the keeper
      })
      call.on('error', failed).end()
    })
}

describe('the keeper of the disk', () => {
  it('offers what is free beyond the reserve', async () => {
    const { bavail, bsize } = statfsSync(statePath)
    const ask = await keep(1e6)
    const { usable, failures } = await ask()
    expect(failures).toBe(0)
    expect(Math.abs(usable + 1e6 - bavail * bsize)).toBeLessThan(1e9) // others write to this disk too
    expect(existsSync(join(statePath, 'reserve'))).toBe(true)
  })

  it('offers nothing of a disk that has less than the reserve, holds no ballast there, and says so', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const ask = await keep(PETABYTE)
    expect((await ask()).usable).toBeLessThan(0)
    expect(existsSync(join(statePath, 'reserve'))).toBe(false)
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/is full: .* until more than 1000000000 MB are free/)]])
    warn.mockRestore()
  })

  it.each([
    ['e = rust/worker/ffi.rs:110: overloaded: No space left on device (os error 28)', 1],
    ['e = rust/worker/ffi.rs:110: overloaded: Disk quota exceeded (os error 122)', 1],
    ['e = rust/worker/ffi.rs:110: failed: File too large (os error 27)', 1],
    ['e = rust/worker/ffi.rs:110: failed: No such file or directory (os error 2)', 0],
    ['{"level":"info","message":"e = x: overloaded: No space left on device (os error 28)"}', 0],
  ])('counts writes without space: %s', async (line, expected) => {
    const ask = await keep(0)
    keeper?.readLog(line)
    expect((await ask()).failures).toBe(expected)
  })

  it('leaves nothing behind', async () => {
    await keep(1e6)
    await keeper?.close()
    keeper = undefined
    expect(existsSync(join(statePath, 'reserve'))).toBe(false)
  })
})
