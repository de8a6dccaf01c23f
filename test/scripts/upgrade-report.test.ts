import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { mostAsked } from '../../scripts/upgrade-report/asked.ts'
import { isSame, type Picture, similarityOf } from '../../scripts/upgrade-report/compare.ts'
import { reportPage } from '../../scripts/upgrade-report/page.ts'

describe('the most asked wishes of a log', () => {
  const log = `
10.0.0.1 - - "GET /Emu1s1n/image/a/b.jpg?w=400&f=webp HTTP/1.1" 200
{"url":"https://images.example/Emu1s1n/image/c.jpg?w=400&f=webp&version=3","status":200}
https://images.example/Emu1s1n/thumbnail/c.jpg
https://images.example/Emu1s1n/image/c.jpg?w=20&sig=1.k.abc&exp=99
https://images.example/Emu1s1n/raw/c.jpg?download=true
https://images.example/Another/image/c.jpg?w=20`

  it('are counted whatever file they are of, without what says nothing of the picture', () => {
    expect(mostAsked(log, 'Emu1s1n', 9)).toEqual([
      { wish: 'image?w=400&f=webp', times: 2 },
      { wish: 'image?w=20', times: 1 },
      { wish: 'thumbnail', times: 1 },
    ])
    expect(mostAsked(log, 'Emu1s1n', 1)).toHaveLength(1)
  })

  it('are everyday ones without a log', () => {
    expect(mostAsked(null, 'Emu1s1n', 3)).toHaveLength(3)
  })
})

describe('two pictures', () => {
  const picture = async (red: number, side = 32): Promise<Picture> => {
    const background = { r: red, g: 128, b: 128 }
    const noise = { type: 'gaussian' as const, mean: 128, sigma: red }
    const body = await sharp({ create: { width: side, height: side, channels: 3, background, noise } })
      .png()
      .toBuffer()
    return { status: 200, mime: 'image/png', body }
  }

  it('are as similar as they look', async () => {
    const [a, b, other] = [await picture(30), await picture(30), await picture(30, 31)]
    expect([isSame(a, a), isSame(a, b), isSame(a, { ...a, status: 404 })]).toEqual([true, false, false])
    expect(await similarityOf(a, a)).toBe(1)
    expect(await similarityOf(a, b)).toBeLessThan(0.5)
    expect(await similarityOf(a, other)).toBeNull()
    expect(await similarityOf(a, { ...a, status: 422, mime: 'application/json' })).toBeNull()
  })

  it('stand side by side in a page, whose texts are texts', async () => {
    const [before, after] = [await picture(20), { status: 422, mime: 'application/json', body: new TextEncoder().encode('<b>no</b>') }]
    const page = reportPage('<v1>', [{ file: 'a.jpg', wish: 'image?text=<i>', before, after, similarity: null }], 7)
    expect(page).toContain(`src="data:image/png;base64,${Buffer.from(before.body).toString('base64')}"`)
    expect(page).toContain('7 results are equal')
    expect(page).toContain('&lt;b>no&lt;/b>')
    expect(page).not.toMatch(/<v1>|<i>|<b>/)
  })
})
