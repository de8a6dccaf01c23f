import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cacheGeneration, isPublic, type AccountSnapshot } from '../../../src/service/access/account-snapshot.ts'
import { listFolder, type ListingQuery } from '../../../src/service/files/folder-listing.ts'
import type { FolderRecord, FolderStore } from '../../../src/service/files/folder-ports.ts'
import { comparePaths, folderKey } from '../../../src/service/files/path-order.ts'
import { foldersUpward, parentFolder, scopeOf } from '../../../src/service/files/path-scope.ts'
import type { FileInfo, FileStore } from '../../../src/service/ports.ts'

const fileOf = (path: string): FileInfo => ({
  path,
  size: 1,
  etag: 'e',
  lastModified: new Date(0),
  mime: 'text/plain',
  originalFileName: null,
  metadata: {},
  tags: [],
})
const inOrder = (keys: Iterable<string>): string[] => [...keys].sort(comparePaths)

/** A bucket as R2 lists it: keys in order, with a delimiter whole folders as one entry; pages may be shorter than asked for. */
function bucket(paths: readonly string[], shorter: number): Pick<FileStore, 'list'> {
  return {
    async list(_, folder, { recursive, limit, after = '' }) {
      const prefix = folderKey(folder)
      const entries = new Set<string>()
      for (const path of paths.filter((candidate) => candidate.startsWith(prefix))) {
        const slash = path.indexOf('/', prefix.length)
        entries.add(recursive || slash < 0 ? path : path.slice(0, slash + 1))
      }
      const left = inOrder(entries).filter((key) => comparePaths(key, after) > 0)
      const page = left.slice(0, Math.max(1, limit - shorter))
      return {
        files: page.filter((key) => !key.endsWith('/')).map(fileOf),
        folders: page.filter((key) => key.endsWith('/')).map((key) => key.slice(0, -1)),
        seenUpTo: page.length < left.length ? (page.at(-1) ?? null) : null,
      }
    },
  }
}

function virtualFolders(paths: readonly string[]): Pick<FolderStore, 'list'> {
  return {
    async list(_, folder, { recursive, after, limit }) {
      const keys = inOrder(paths.map(folderKey)).filter(
        (key) => key !== folderKey(folder) && key.startsWith(folderKey(folder)) && comparePaths(key, after) > 0,
      )
      const records = keys.map((key): FolderRecord => ({ path: key.slice(0, -1), settings: {} }))
      return records.filter(({ path }) => recursive || parentFolder(path) === folder).slice(0, limit)
    },
  }
}

const segment = fc.constantFrom('a', 'b', 'b-c', 'b.txt', 'ü', '😀', '\uffee', '0')
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`)

describe('the pages of a folder', () => {
  it('together are everything once, in order, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { maxLength: 30 }),
        fc.uniqueArray(path, { maxLength: 10 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(2),
        fc.constantFrom('/', '/b'),
        async (files, put, recursive, limit, shorter, folder) => {
          // Putting a folder puts its ancestors.
          const folders = [...new Set(put.flatMap((one) => foldersUpward(one).filter((each) => each !== '/')))]
          const query: Omit<ListingQuery, 'after'> = {
            folder,
            recursive,
            limit,
            includeFiles: true,
            includePhysicalFolders: true,
            includeVirtualFolders: true,
          }
          const seen: string[] = []
          let after = ''
          for (let pages = 0; ; pages++) {
            expect(pages).toBeLessThan(200)
            const page = await listFolder(bucket(files, shorter), virtualFolders(folders), 'a', { ...query, after })
            expect(page.items.length).toBeLessThanOrEqual(limit)
            seen.push(
              ...page.items.map((item) =>
                item.type === 'File' ? item.file.path : `${folderKey(item.path)}${item.virtual ? ' virtual' : ''}`,
              ),
            )
            if (page.isComplete) break
            expect(comparePaths(page.cursor, after)).toBe(1)
            after = page.cursor
          }
          const implied = files.flatMap((file) => foldersUpward(parentFolder(file)))
          const below = (each: string): boolean =>
            each !== folder && each.startsWith(folderKey(folder)) && (recursive || parentFolder(each) === folder)
          const names = new Map<string, string>()
          for (const one of files.filter(below)) names.set(one, one)
          for (const one of [...implied, ...folders].filter((each) => each !== '/' && below(each)))
            names.set(folderKey(one), `${folderKey(one)}${folders.includes(one) ? ' virtual' : ''}`)
          expect(seen).toEqual(inOrder(names.keys()).map((key) => names.get(key)))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('paths are ordered as UTF-8 bytes are, which JavaScript does not do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(comparePaths(a, b)).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
      }),
    )
    expect(comparePaths('\uffee', '😀')).toBe(-1)
    expect(['\uffee', '😀'].toSorted()).toEqual(['😀', '\uffee'])
  })
})

describe('scopes', () => {
  it.each([
    ['/', '/', 'This'],
    ['/', '/a', 'Children'],
    ['/', '/a/b', 'Grandchildren+'],
    ['/a', '/a', 'This'],
    ['/a', '/a/b', 'Children'],
    ['/a', '/a/b/c/d', 'Grandchildren+'],
    ['/a', '/ab', null],
    ['/a', '/', null],
    ['/a/b', '/a', null],
  ])('%s, %s: %s', (folder, target, scope) => expect(scopeOf(folder, target)).toBe(scope))
})

const grant = (scope: 'Children' | 'Grandchildren+' | 'This', ...downloadFile: string[]) => ({
  scope,
  permissions: { file: { downloadFile } },
})

describe('what an account publishes', () => {
  it('the nearest folder with permissions decides alone', () => {
    const snapshot: AccountSnapshot = {
      publicPermissions: [
        { folderPath: '/', value: [grant('Children', '*')] },
        { folderPath: '/open', value: [grant('Children', '*'), grant('Grandchildren+', 'image', 'thumb*')] },
        { folderPath: '/open/none', value: [] },
      ],
      resets: [],
    }
    const cases: [string, string, boolean][] = [
      ['raw', '/top.jpg', true],
      ['raw', '/elsewhere/a.jpg', false],
      ['raw', '/open/a.jpg', true],
      ['raw', '/open/deep/a.jpg', false],
      ['image', '/open/deep/a.jpg', true],
      ['thumbnail', '/open/deep/er/a.jpg', true],
      ['image', '/open/none/a.jpg', false],
      ['raw', '/openly/a.jpg', false],
    ]
    for (const [processing, file, expected] of cases)
      expect([processing, file, isPublic(snapshot, processing, file)]).toEqual([processing, file, expected])
    expect(isPublic({ publicPermissions: [], resets: [] }, 'raw', '/anything')).toBe(true)
  })

  it('a later reset makes another generation, for what it concerns alone', () => {
    const snapshot = (...resets: AccountSnapshot['resets']): AccountSnapshot => ({ publicPermissions: [], resets })
    const [first, second] = [
      { id: 1, pattern: '/image/a*' },
      { id: 2, pattern: '/image/ab*' },
    ]
    expect([snapshot(), snapshot(first), snapshot(first, second)].map((each) => cacheGeneration(each, 'image', '/ab.jpg'))).toEqual([
      '',
      '1',
      '2',
    ])
    expect([snapshot(), snapshot(first), snapshot(first, second)].map((each) => cacheGeneration(each, 'image', '/aa.jpg'))).toEqual([
      '',
      '1',
      '1',
    ])
    expect(cacheGeneration(snapshot(first, second), 'image', '/z.jpg')).toBe('')
  })
})
