import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isHandle, newHandle } from '../../../src/service/handles/handle.ts'
import { pathOfKey, storageKey } from '../../../src/service/handles/storage-key.ts'

describe('a handle', () => {
  it('has 20 letters and digits, each as likely as any other', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 5000; i++) {
      const handle = newHandle((count) => randomBytes(count))
      expect(handle).toMatch(/^[A-Za-z0-9]{20}$/)
      for (const char of handle) counts.set(char, (counts.get(char) ?? 0) + 1)
    }
    expect(counts.size).toBe(62)
    const fair = (5000 * 20) / 62 // some 1,613, with a deviation of 40
    for (const count of counts.values()) expect(Math.abs(count - fair)).toBeLessThan(6 * 40)
  })

  it('draws again for bytes that would favour the first characters', () => {
    const draws = [new Uint8Array(20).fill(255), new Uint8Array(20).fill(61)]
    expect(newHandle(() => draws.shift() ?? new Uint8Array(20))).toBe('9'.repeat(20))
  })

  it.each([
    ['A1b2C3d4E5f6G7h8I9j0', true],
    ['A1b2C3d4E5f6G7h8I9j', false],
    ['A1b2C3d4E5f6G7h8I9j01', false],
    ['A1b2C3d4E5f6G7h8I9j-', false],
    ['A1b2C3d4E5f6G7h8I9j0\n', false],
    ['', false],
  ])('%j: %s', (text, wanted) => expect(isHandle(text)).toBe(wanted))
})

describe('the key inside a container', () => {
  it.each<[string | null, string, string | null, string]>([
    [null, 'a.png', 'ID', 'ID_a.png'],
    ['', 'a.png', 'ID', 'ID_a.png'],
    ['/', 'a.png', 'ID', 'ID_a.png'],
    ['myfiles/', 'a.png', 'ID', 'myfiles/ID_a.png'],
    ['/my/files/', 'a.png', null, 'my/files/a.png'],
    ['/myfiles/1234.png', 'a.png', 'ID', 'myfiles/1234.png'],
    ['x', 'a.png', 'ID', 'x'],
    [null, '../b/c', 'ID', 'ID_.._b_c'],
    [null, '..', 'ID', 'ID_file'],
    [null, 'a\nb', 'ID', 'ID_a_b'],
  ])('path %j, name %j, id %j: %s', (path, fileName, id, wanted) => expect(storageKey({ path, fileName, id })).toBe(wanted))

  it.each(['../a', 'a//b', './a', 'a\\b', 'a/..', 'a'.repeat(600)])('%j is no path', (key) => {
    expect(() => pathOfKey('/folder', key)).toThrow(expect.objectContaining({ code: 'invalid_path', field: 'path' }))
  })
  it('lies in the folder of the container', () => expect(pathOfKey('/folder', 'a/b.png')).toBe('/folder/a/b.png'))
})
