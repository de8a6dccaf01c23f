import { expect, it } from 'vitest'
import { movedPath } from '../../../src/service/files/folder-path.ts'

it.each([
  ['/a', '/a', '/x', '/x'],
  ['/a/b', '/a', '/x', '/x/b'],
  ['/a', '/a', '/', '/'],
  ['/a/b', '/a', '/', '/b'],
  ['/', '/', '/x', '/x'],
  ['/a', '/', '/x', '/x/a'],
])('%s of the folder %s, in %s, is %s', (path, from, to, moved) => {
  expect(movedPath(path, from, to)).toBe(moved)
})
