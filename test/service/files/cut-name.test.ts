import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutFileName } from '../../../src/service/files/cut-name.ts'
import { resolveDestination } from '../../../src/service/files/upload-destination.ts'

const bytesOf = (text: string): number => new TextEncoder().encode(text).length
const FAMILY = '👨‍👩‍👧‍👦' // 11 code units, 25 bytes
const ACCENTED = 'e\u0301'

describe('a file name is cut between characters', () => {
  it.each<[name: string, characters: number, bytes: number, expected: string]>([
    ['short.png', 9, 9, 'short.png'],
    ['longer.png', 9, 99, 'longe.png'],
    ['longer.png', 99, 9, 'longe.png'],
    ['😀😀😀.png', 9, 99, '😀😀.png'],
    ['😀😀😀.png', 99, 15, '😀😀.png'],
    ['漢漢漢.png', 99, 12, '漢漢.png'],
    [`a${FAMILY}${FAMILY}.png`, 18, 99, `a${FAMILY}.png`],
    [`${ACCENTED}${ACCENTED}.png`, 7, 99, `${ACCENTED}.png`],
    ['🇩🇪🇫🇷.png', 9, 99, '🇩🇪.png'],
    ['किकि.png', 7, 99, 'कि.png'],
    ['name', 2, 99, 'na'],
    [`a.${'x'.repeat(30)}`, 10, 99, 'a.xxxxxxxx'],
    ['.hidden', 4, 99, '.hid'],
    [`a${'\u0301'.repeat(50)}.png`, 10, 99, `a${'\u0301'.repeat(5)}.png`],
  ])('%j within %i characters and %i bytes → %j', (name, characters, bytes, expected) =>
    expect(cutFileName(name, { characters, bytes })).toBe(expected),
  )

  it('whatever the name, the result is well-formed, within the limits, and has the extension', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(name, fc.integer({ min: 10, max: 60 }), fc.integer({ min: 10, max: 120 }), (text, characters, bytes) => {
        const cut = cutFileName(`${text.replaceAll('.', '')}.jpeg`, { characters, bytes })
        expect(cut.isWellFormed()).toBe(true)
        expect(cut.length).toBeLessThanOrEqual(characters)
        expect(bytesOf(cut)).toBeLessThanOrEqual(bytes)
        expect(cut).toMatch(/\.jpeg$/)
      }),
    )
  })
})

describe('the name of an upload, in every alphabet', () => {
  it.each(['a', 'é', 'я', 'ש', 'ع', 'か', '漢', '한', '😀', FAMILY, ACCENTED])('%s', (character) => {
    const originalFileName = `${character.repeat(255)}a.png`
    const values = { now: new Date(0), originalFileName, random: (count: number) => new Uint8Array(count) }
    const { path } = resolveDestination(undefined, values)
    const name = /-([^-/]*)a?\.png$/.exec(path)?.[1] ?? ''
    expect(name.length).toBeGreaterThan(80)
    expect(name.replaceAll(character, '')).toBe('')
  })
})
