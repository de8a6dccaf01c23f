import { describe, expect, it } from 'vitest'
import { type AccountSnapshot, closeFolders, EMPTY_SNAPSHOT, isPublic } from '../../../src/service/access/account-snapshot.ts'
import type { PublicPermission } from '../../../src/service/files/folder-ports.ts'

const everything: readonly PublicPermission[] = (['Children', 'Grandchildren+'] as const).map((scope) => ({
  permissions: { file: { downloadFile: ['*'] } },
  scope,
}))
const given = (folders: Readonly<Record<string, readonly PublicPermission[]>>): AccountSnapshot => ({
  ...EMPTY_SNAPSHOT,
  publicPermissions: Object.entries(folders).map(([folderPath, value]) => ({ folderPath, value })),
})

describe('closed folders', () => {
  it.each<[string, AccountSnapshot, string, boolean]>([
    ['a file in it', EMPTY_SNAPSHOT, '/in/closed/a.jpg', false],
    ['a file far below it', EMPTY_SNAPSHOT, '/in/closed/b/c/a.jpg', false],
    ['a file beside it', EMPTY_SNAPSHOT, '/in/a.jpg', true],
    ['a folder whose name only begins with it', EMPTY_SNAPSHOT, '/in/closedness/a.jpg', true],
    ['opened above it', given({ '/in': everything }), '/in/closed/a.jpg', false],
    ['opened itself', given({ '/in/closed': everything }), '/in/closed/a.jpg', true],
    ['opened below it', given({ '/in/closed/b': everything }), '/in/closed/b/a.jpg', true],
    ['opened below it, elsewhere', given({ '/in/closed/b': everything }), '/in/closed/a.jpg', false],
    ['closed by the owner too', given({ '/in/closed': [] }), '/in/closed/a.jpg', false],
  ])('%s', async (_, snapshot, path, wanted) => {
    const closing = closeFolders({ read: async () => snapshot, atHand: () => snapshot }, (account) =>
      account === 'A' ? ['/in/closed'] : [],
    )
    expect(isPublic(await closing.read('A'), 'image', path)).toBe(wanted)
    expect(await closing.read('B')).toBe(snapshot)
    for (const account of ['A', 'B']) expect(closing.atHand(account)).toBe(await closing.read(account))
  })
})
