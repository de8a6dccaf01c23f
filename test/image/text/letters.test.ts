import { describe, expect, it } from 'vitest'
import { step } from '../../../src/image/plan.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { FAMILIES } from '../../../src/image/text/families.ts'
import { applySteps } from '../../support/apply-steps.ts'

const PAPER: Raster = { width: 120, height: 60, data: new Uint8ClampedArray(120 * 60 * 4).fill(255) }

const draw = async (text: string, params: object = {}): Promise<string> => {
  const { data } = await applySteps(PAPER, [step('text', { text, size: 24, ...params })], { inputs: [], files: [] })
  return Buffer.from(data).toString('base64')
}
const blank = Buffer.from(PAPER.data).toString('base64')

const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i))
const LETTERS: Readonly<Record<string, readonly string[]>> = {
  Vietnamese: [...range(0x1ea0, 0x1ef9), ...'ăâđêôơưĂÂĐÊÔƠƯ'],
  Azeri: [...'əƏğĞıİöÖşŞüÜçÇ'],
  'currency signs': range(0x20a0, 0x20bf).filter((sign) => !'₶₷₻'.includes(sign)),
  'old currency signs': [...'₶₷₻'],
  Polish: [...'ąćęłńóśźżĄĆĘŁŃÓŚŹŻ'],
  Greek: range(0x3b1, 0x3c9),
  Cyrillic: range(0x410, 0x44f),
  'Latin of Africa': [...'ɓɗƙƴŋƒ'].filter((letter) => letter.codePointAt(0)! < 0x250),
}

describe.each(FAMILIES)('%s', (font) => {
  it.each(Object.keys(LETTERS))('has the letters of: %s', async (name) => {
    const drawn = await Promise.all((LETTERS[name] ?? []).map((letter) => draw(letter, { font })))
    expect(drawn.filter((picture) => picture === blank)).toEqual([])
    expect(new Set(drawn).size, 'no two are the same box').toBe(drawn.length)
  })
})

describe('what no font has is not drawn', () => {
  it.each(['漢', 'שלום', 'مرحبا', '😀', '👩‍👩‍👧', '🇪🇺', '\ue000', '\ud800', 'ก'])('%j alone leaves the picture as it is', async (text) => {
    expect(await draw(text)).toBe(blank)
    expect(await draw(text, { rotate: 20 })).toBe(blank)
    expect(await draw(text, { repeat: true })).toBe(blank)
  })

  it.each([
    ['between letters', 'a漢b', 'ab'],
    ['a family of emoji', 'a👩‍👩‍👧b', 'ab'],
    ['a flag', 'a🇪🇺b', 'ab'],
    ['controls', 'a\u0000\u0007\u200b\u202eb', 'ab'],
    ['half a surrogate pair', 'a\ud83db', 'ab'],
    ['a tab and an ideographic space', 'a\tb\u3000c', 'a b c'],
    ['other line ends', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['decomposed letters', 'a\u0323 o\u031b\u0309', 'ạ ở'],
  ])('%s', async (_case, text, plain) => {
    for (const position of ['top-left', 'center', 'bottom-right']) {
      expect(await draw(text, { size: 12, position })).toBe(await draw(plain, { size: 12, position }))
    }
  })
})
