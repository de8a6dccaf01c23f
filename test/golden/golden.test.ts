import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { GOLDENS } from './goldens.ts'
import { renderUrl } from './render-url.ts'

const decode = (file: Uint8Array) => sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })

describe('a URL renders what somebody has seen to be right', () => {
  it.each(Object.entries(GOLDENS))('%s', async (name, url) => {
    const file = resolve(import.meta.dirname, name)
    expect(existsSync(file), `test/golden/${name} is missing`).toBe(true)
    const [golden, ours] = await Promise.all([decode(readFileSync(file)), decode(await renderUrl(url))])
    expect([ours.info.width, ours.info.height]).toEqual([golden.info.width, golden.info.height])
    // Lossy codecs and kernels may move single levels; a letter, an edge or a colour that is elsewhere moves many.
    const differences = ours.data.map((value, i) => Math.abs(value - (golden.data[i] ?? 0)))
    const far = differences.filter((difference) => difference > 24).length / differences.length
    expect(far).toBeLessThan(0.001)
    expect(differences.reduce((sum, each) => sum + each, 0) / differences.length).toBeLessThan(1.5)
  })
})
