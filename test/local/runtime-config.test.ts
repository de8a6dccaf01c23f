import { describe, expect, it } from 'vitest'
import { temporaryStores } from '../../src/local/runtime-config.ts'

const ID = '0123456789abcdef'.repeat(2)

describe('the temporary folders of a configuration', () => {
  it.each(['/tmp/state/runtime', '/tmp/zürich 東京/runtime', '/tmp/a+b (1)/runtime'])('below %s are found among bytes', (folder) => {
    const bytes = Buffer.concat([
      Buffer.from(`a/b\0${folder}/miniflare-${ID}/cache-1\0`),
      Buffer.from([0xe2, 0x80, 0xff, 0]),
      Buffer.from(`${folder}/miniflare-${ID}/kv\0/elsewhere/miniflare-${ID}/kv\0${folder}/r2\0${folder}/miniflare-12/x`),
    ])
    expect(temporaryStores(bytes.toString('utf8'), folder)).toEqual([`${folder}/miniflare-${ID}/cache-1`, `${folder}/miniflare-${ID}/kv`])
  })

  it('are looked for in one pass over a long text full of slashes', () => {
    expect(temporaryStores('/a'.repeat(400_000), '/tmp/runtime')).toEqual([])
  })
})
