import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildOnce } from '../../scripts/built-files/build-once.ts'

describe('a file that is made of others', () => {
  let folder = ''
  const at = (name: string): string => join(folder, name)
  const build = (inputs: readonly string[] = ['one', 'two']): Promise<boolean> =>
    buildOnce(at('out'), inputs.map(at), () => writeFileSync(at('out'), inputs.map((name) => readFileSync(at(name), 'utf8')).join()))

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'emulsion-build-once-'))
    for (const name of ['one', 'two', 'three']) writeFileSync(at(name), name)
    expect(await build()).toBe(true)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is not made again of the same', async () => {
    expect(await build()).toBe(false)
    expect(readFileSync(at('out'), 'utf8')).toBe('one,two')
  })

  it.each<[what: string, change: () => void]>([
    ['an input has another content', () => writeFileSync(at('two'), 'TWO')],
    ['a byte moved from one input to the next', () => (writeFileSync(at('one'), 'on'), writeFileSync(at('two'), 'etwo'))],
    ['the file is gone', () => rmSync(at('out'))],
    ['the file was changed', () => writeFileSync(at('out'), 'damaged')],
    ['nobody knows what it was made of', () => rmSync(at('out.made-of'))],
  ])('is made again when %s', async (_what, change) => {
    change()
    expect(await build()).toBe(true)
    expect(await build()).toBe(false)
  })

  it('is made again of more inputs, and of fewer', async () => {
    expect(await build(['one', 'two', 'three'])).toBe(true)
    expect(await build(['one', 'two'])).toBe(true)
  })

  it('is made again after a build that failed', async () => {
    writeFileSync(at('two'), 'TWO')
    await expect(buildOnce(at('out'), [at('one'), at('two')], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await build()).toBe(true)
  })
})
