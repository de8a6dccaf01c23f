import { describe, expect, it } from 'vitest'
import { createCorePool } from '../../src/adapters/core-pool.ts'
import { fontFromDisk, wasmFromDisk } from '../support/image-context.ts'

const open = () => createCorePool(wasmFromDisk, fontFromDisk)

describe('the instances of the engine', () => {
  it('serve one job after the other, one job at a time', async () => {
    const pool = open()
    const first = pool.openContext()
    const core = await first.context.core()
    expect(await first.context.core()).toBe(core)
    const beside = pool.openContext()
    expect(await beside.context.core()).not.toBe(core)
    await first.release(true)
    expect(await pool.openContext().context.core()).toBe(core)
  })

  it('are dropped when their job failed', async () => {
    const pool = open()
    const failed = pool.openContext()
    const core = await failed.context.core()
    await failed.release(false)
    expect(await pool.openContext().context.core()).not.toBe(core)
  })

  it('come back once, however often they are given back', async () => {
    const pool = open()
    const job = pool.openContext()
    const core = await job.context.core()
    await job.release(true)
    await job.release(true)
    expect(await pool.openContext().context.core()).toBe(core)
    expect(await pool.openContext().context.core()).not.toBe(core)
  })

  it('are dropped when they grew, because WASM memory never shrinks', async () => {
    const pool = open()
    const job = pool.openContext()
    const core = await job.context.core()
    core.alloc(9 * 1024 * 1024)
    await job.release(true)
    expect(await pool.openContext().context.core()).not.toBe(core)
  })

  it('are given back empty', async () => {
    const pool = open()
    const job = pool.openContext()
    const core = await job.context.core()
    const place = core.alloc(1000)
    await job.release(true)
    expect((await pool.openContext().context.core()).alloc(1000)).toBe(place)
  })

  it('are few when nobody needs them', async () => {
    const pool = open()
    const jobs = Array.from({ length: 3 }, () => pool.openContext())
    const cores = await Promise.all(jobs.map(({ context }) => context.core()))
    for (const job of jobs) await job.release(true)
    const again = await Promise.all([0, 1, 2].map(() => pool.openContext().context.core()))
    expect(again.filter((core) => cores.includes(core))).toHaveLength(2)
  })
})
