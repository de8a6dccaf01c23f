import { createHash } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import type { FileStore } from '../../../src/service/ports.ts'
import { createCopySweep } from '../../../src/service/handles/sweep-copies.ts'
import { memoryFileStore } from '../../support/memory/file-store.ts'

const ACCOUNT = 'Emu1s1n'
const META = { mime: 'image/png', originalFileName: null, metadata: {}, tags: [] }
const DAY = 86_400_000

let now: number
let files: FileStore
let replaced: string[]

beforeEach(() => {
  now = 100 * DAY
  replaced = []
  files = memoryFileStore(() => now)
})

const sweepFrom = (byte: number, seconds = 30 * 86_400) =>
  createCopySweep({
    files,
    replaced: (account, path) => Promise.resolve(void replaced.push(account + path)),
    folders: [{ account: ACCOUNT, folder: '/app', seconds }],
    clock: { now: () => now },
    random: () => Uint8Array.of(byte),
    log: () => undefined,
  })
const nameOf = (i: number): string => createHash('sha256').update(String(i)).digest('hex')
const put = (path: string) => files.put(ACCOUNT, path, Uint8Array.of(1), META)
const left = async (folder: string): Promise<number> => (await files.list(ACCOUNT, folder, { recursive: true, limit: 10_000 })).files.length

it('deletes copies that are older than they may be, with their results, and nothing else', async () => {
  const old = [0, 1, 2, 3].map((i) => `/app/.sources/${nameOf(i)}`)
  for (const path of [...old, '/app/old.png', '/app/.sourcesx/a', '/other/.sources/a']) await put(path)
  now += 30 * DAY
  await put(`/app/.sources/${nameOf(4)}`)
  await sweepFrom(0x80)()
  expect(replaced).toEqual([])
  now += 1
  await sweepFrom(0x80)()
  expect(replaced.toSorted()).toEqual(old.map((path) => ACCOUNT + path).toSorted())
  expect([await left('/app/.sources'), await left('/app'), await left('/other')]).toEqual([1, 3, 1])
  await sweepFrom(0x80)()
  expect(replaced).toHaveLength(4)
})

it.each([0, 0x37, 0xff])('looks at all copies of a small folder, wherever it begins (%d)', async (byte) => {
  for (let i = 0; i < 300; i++) await put(`/app/.sources/${nameOf(i)}`)
  now += 31 * DAY
  await sweepFrom(byte)()
  expect(await left('/app/.sources')).toBe(0)
  expect(new Set(replaced).size).toBe(300)
})

it('deletes no more than 500 at a time', async () => {
  for (let i = 0; i < 1200; i++) await put(`/app/.sources/${nameOf(i)}`)
  now += 31 * DAY
  const counts: number[] = []
  for (const byte of [5, 200, 90]) {
    await sweepFrom(byte)()
    counts.push(await left('/app/.sources'))
  }
  expect(counts).toEqual([700, 200, 0])
})

it('goes on with the next folder when one fails', async () => {
  await put('/app/.sources/a')
  now += 31 * DAY
  const sweep = createCopySweep({
    files: {
      ...files,
      list: (account, folder, options) => (account === 'Broken1' ? Promise.reject(new Error('no')) : files.list(account, folder, options)),
    },
    replaced: () => Promise.resolve(),
    folders: [
      { account: 'Broken1', folder: '/app', seconds: 1 },
      { account: ACCOUNT, folder: '/app', seconds: 1 },
    ],
    clock: { now: () => now },
    random: () => Uint8Array.of(0),
    log: () => undefined,
  })
  await sweep()
  expect(await left('/app/.sources')).toBe(0)
})
