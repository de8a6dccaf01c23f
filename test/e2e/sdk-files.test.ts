import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BytescaleApiError,
  CacheApi,
  FileApi,
  FolderApi,
  JobApi,
  UploadApi,
  UploadManager,
  UrlBuilder,
  type AsyncResponse,
} from '@bytescale/sdk'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, startServer, type RunningServer } from './support/server.ts'

let state: string
let server: RunningServer
let source: Server
let sourceOrigin: string
let accountId: string
let config: { apiKey: string; apiUrl: string; cdnUrl: string }
let files: FileApi
let folders: FolderApi
let jobs: JobApi

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  const port = await freePort()
  source = createServer((request, response) => sourceAnswer(request.url ?? '/', response)).listen(port, '127.0.0.1')
  sourceOrigin = `http://127.0.0.1:${port}`
  server = await startServer(state, { EMULSION_ALLOW_HOSTS: `127.0.0.1:${port}` })
  accountId = server.account
  config = { apiKey: server.secretKey, apiUrl: server.origin, cdnUrl: server.origin }
  files = new FileApi(config)
  folders = new FolderApi(config)
  jobs = new JobApi(config)
  await put(RED, await picture(40, 30, '#ff0000'), { mime: 'image/png' })
})
afterAll(async () => {
  source.close()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

/** What a stranger's server may do. */
function sourceAnswer(path: string, response: import('node:http').ServerResponse): void {
  const answers: Record<string, () => void> = {
    '/plain/hello%20world.txt': () => response.setHeader('Content-Type', 'text/plain').end('hello'),
    '/named': () =>
      response
        .setHeader('Content-Type', 'image/x-made-up')
        .setHeader('Content-Disposition', `attachment; filename="../../naïve name.bin"; filename*=UTF-8''na%C3%AFve%20name.bin`)
        .end('named'),
    '/chunked': () => {
      response.write('chunk ')
      response.end('by chunk')
    },
    '/moved': () => response.writeHead(302, { Location: '/plain/hello%20world.txt' }).end(),
    '/inside': () => response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    '/round': () => response.writeHead(302, { Location: '/round' }).end(),
    '/slow': () => void response.write('never'),
    '/short': () => {
      response.setHeader('Content-Length', 100)
      response.write('short')
      setTimeout(() => response.destroy(), 50)
    },
    '/large': () => response.setHeader('Content-Length', 600_000_000).flushHeaders(),
    '/missing': () => response.writeHead(404).end('no'),
  }
  ;(answers[path] ?? answers['/missing'])?.()
}

/** A picture that every test may read and none changes. */
const RED = '/pictures/red.png'
const picture = (width: number, height: number, background: string): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
const put = async (filePath: string, data: Buffer | string = 'x', extra: object = {}): Promise<string> =>
  (
    await new UploadManager(config).upload({
      data,
      path: { folderPath: filePath.slice(0, filePath.lastIndexOf('/')) || '/', fileName: filePath.slice(filePath.lastIndexOf('/') + 1) },
      ...extra,
    })
  ).filePath
const text = async (filePath: string): Promise<string | null> => {
  const response = await fetch(UrlBuilder.url({ accountId, filePath, options: { cdnUrl: server.origin } }))
  return response.ok ? response.text() : null
}
/** Waits until a job has ended. */
async function ended({ jobId, jobType }: AsyncResponse) {
  for (let i = 0; i < 200; i++) {
    const job = await jobs.getJob({ accountId, jobId, jobType })
    if (['Succeeded', 'Failed', 'Cancelled'].includes(job.status)) return job
    await new Promise((wait) => setTimeout(wait, 50))
  }
  throw new Error(`The job ${jobId} did not end`)
}
async function expectCode(call: Promise<unknown>, code: string): Promise<void> {
  const error: unknown = await call.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(BytescaleApiError)
  expect((error as BytescaleApiError).errorCode).toBe(code)
}
async function listAll(params: object): Promise<{ items: string[]; pages: number }> {
  const items: string[] = []
  let cursor: string | undefined
  for (let pages = 1; pages < 100; pages++) {
    const page = await folders.listFolder({ accountId, folderPath: '/', ...params, ...(cursor !== undefined && { cursor }) })
    items.push(...page.items.map((item) => ('filePath' in item ? item.filePath : `${item.folderPath}/${item.virtual ? ' virtual' : ''}`)))
    if (page.isPaginationComplete) return { items, pages }
    cursor = page.cursor
  }
  throw new Error('The pages did not end')
}

describe('FileApi', () => {
  it('getFileDetails tells everything that the upload said', async () => {
    const filePath = await put('/details/ä b+c!.txt', 'héllo', {
      metadata: { n: [1, { a: 'ü' }] },
      tags: ['one', 'two'],
      originalFileName: 'orig ☂.txt',
    })
    const details = await files.getFileDetails({ accountId, filePath })
    expect(details).toEqual({
      accountId,
      filePath,
      fileUrl: UrlBuilder.url({ accountId, filePath, options: { cdnUrl: server.origin } }),
      etag: expect.stringMatching(/^".+"$/),
      lastModified: expect.any(Number),
      metadata: { n: [1, { a: 'ü' }] },
      mime: 'text/plain',
      originalFileName: 'orig ☂.txt',
      size: 6,
      tags: ['one', 'two'],
    })
    expect(Math.abs(Number(details.lastModified) - Date.now())).toBeLessThan(120_000)
  })

  it('downloadFile gives the bytes, and processFile the picture', async () => {
    const file = await picture(20, 10, '#00ff00')
    const filePath = await put('/pictures/green.png', file, { mime: 'image/png' })
    const raw = await files.downloadFile({ accountId, filePath, cache: true, cacheTtl: 60, version: '1' })
    expect(Buffer.from(await raw.raw.arrayBuffer()).equals(file)).toBe(true)
    const result = await files.processFile({
      accountId,
      filePath,
      transformation: 'image',
      transformationParams: [{ w: 10, f: 'jpeg' }, { q: 70 }],
      cacheTtl: 60,
      cachePerm: 'auto',
      artifact: '/',
    })
    const { width, height, format } = await sharp(await result.raw.arrayBuffer()).metadata()
    expect({ width, height, format }).toEqual({ width: 10, height: 5, format: 'jpeg' })
  })

  it('processFile takes presets, and UrlBuilder writes URLs that work', async () => {
    const filePath = RED
    const preset = await files.processFile({ accountId, filePath, transformation: 'thumbnail' })
    expect(await sharp(await preset.raw.arrayBuffer()).metadata()).toMatchObject({ width: 200, height: 200, format: 'webp' })
    const url = UrlBuilder.url({
      accountId,
      filePath,
      options: {
        transformation: 'image',
        cdnUrl: server.origin,
        transformationParams: { w: 8, h: 8, fit: 'crop', f: 'png' },
        cachePermanently: 'auto',
        cacheTtl: 10,
        cacheTtl404: 1,
        version: 'v1',
        forceDownloadPrompt: true,
      },
    })
    const response = await fetch(url)
    expect(await sharp(await response.arrayBuffer()).metadata()).toMatchObject({ width: 8, height: 8, format: 'png' })
    expect(response.headers.get('Content-Disposition')).toMatch(/^attachment/)
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=10, immutable')
  })

  it('processFileAndSave stores the result, with metadata merged as asked', async () => {
    const filePath = await put('/pictures/blue.png', await picture(10, 10, '#0000ff'), {
      mime: 'image/png',
      metadata: { a: 1, b: 1 },
      tags: ['t1'],
    })
    const save = (request: object) =>
      files.processFileAndSave({
        accountId,
        filePath,
        transformation: 'image',
        transformationParams: { w: 5, f: 'webp' },
        processFileAndSaveRequest: request as never,
      })
    expect(
      await save({ destination: '/saved/blue.webp', metadata: { value: { b: 2 }, merge: true }, tags: { value: ['t2'], merge: true } }),
    ).toEqual({
      async: false,
      accountId,
      filePath: '/saved/blue.webp',
      fileUrl: `${server.origin}/${accountId}/raw/saved/blue.webp`,
    })
    expect(await files.getFileDetails({ accountId, filePath: '/saved/blue.webp' })).toMatchObject({
      mime: 'image/webp',
      metadata: { a: 1, b: 2 },
      tags: ['t1', 't2'],
    })
    const named = await save({
      destination: { folderPath: '/saved', fileName: '{ORIGINAL_FILE_NAME}-{UNIQUE_DIGITS_4}{ORIGINAL_FILE_EXT}' },
      extendedParams: [{ h: 3, fit: 'stretch' }],
    })
    expect(named).toMatchObject({ filePath: expect.stringMatching(/^\/saved\/blue-\w{4}\.webp$/) })
    const byDefault = await save({})
    expect(byDefault).toMatchObject({ filePath: expect.stringMatching(/^\/uploads\/\d{4}\/\d\d\/\d\d\/\w{10}-blue\.webp$/) })
  })

  it('copyFile copies what is said of the file, or what the request says', async () => {
    const sourcePath = await put('/copy/from.txt', 'copied', { metadata: { a: 1 }, tags: ['x'] })
    expect(await files.copyFile({ accountId, copyFileRequest: { source: sourcePath, destination: '/copy/to.txt' } })).toEqual({
      status: 'Copied',
    })
    expect(await text('/copy/to.txt')).toBe('copied')
    expect(await files.getFileDetails({ accountId, filePath: '/copy/to.txt' })).toMatchObject({
      metadata: { a: 1 },
      tags: ['x'],
      mime: 'text/plain',
    })
    await files.copyFile({
      accountId,
      copyFileRequest: {
        source: sourcePath,
        destination: '/copy/to.txt',
        metadata: { value: { b: 2 }, merge: true },
        tags: { value: ['y'] },
      },
    })
    expect(await files.getFileDetails({ accountId, filePath: '/copy/to.txt' })).toMatchObject({ metadata: { a: 1, b: 2 }, tags: ['y'] })
  })

  it('deleteFile deletes, and again', async () => {
    const filePath = await put('/delete/me.txt')
    await files.deleteFile({ accountId, filePath })
    await expectCode(files.getFileDetails({ accountId, filePath }), 'file_not_found')
    await files.deleteFile({ accountId, filePath })
  })

  it('copyFileBatch and deleteFileBatch run as jobs', async () => {
    const sources = await Promise.all(['a', 'b', 'c'].map((name) => put(`/batch/${name}.txt`, name)))
    const copied = await files.copyFileBatch({
      accountId,
      copyFileBatchRequest: { files: sources.map((path) => ({ source: path, destination: path.replace('/batch/', '/batch2/') })) },
    })
    expect(copied).toEqual({
      jobDocs: expect.any(String),
      jobId: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      jobType: 'CopyFileBatchJob',
      jobUrl: `${server.origin}/v2/accounts/${accountId}/jobs/CopyFileBatchJob/${copied.jobId}`,
    })
    expect(await ended(copied)).toMatchObject({ status: 'Succeeded', error: null, summary: { filesCopied: 3 }, accountId })
    expect(await text('/batch2/b.txt')).toBe('b')
    const deleted = await files.deleteFileBatch({ accountId, deleteFileBatchRequest: { files: ['/batch2/a.txt', '/batch2/b.txt'] } })
    expect(await ended(deleted)).toMatchObject({ status: 'Succeeded', summary: { filesDeleted: 2 } })
    expect([await text('/batch2/a.txt'), await text('/batch2/c.txt')]).toEqual([null, 'c'])
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['details of nothing', () => files.getFileDetails({ accountId, filePath: '/nothing' }), 'file_not_found'],
    ['a download of nothing', () => files.downloadFile({ accountId, filePath: '/nothing' }), 'file_not_found'],
    ['a picture of nothing', () => files.processFile({ accountId, filePath: '/nothing', transformation: 'image' }), 'file_not_found'],
    [
      'a picture of a text',
      async () => files.processFile({ accountId, filePath: await put('/text.txt'), transformation: 'image' }),
      'unsupported_format',
    ],
    [
      'an unknown parameter',
      () => files.processFile({ accountId, filePath: RED, transformation: 'image', transformationParams: { nope: 1 } }),
      'unknown_parameter',
    ],
    ['an unknown preset', () => files.processFile({ accountId, filePath: RED, transformation: 'nope' }), 'not_found'],
    ['video', () => files.processFile({ accountId, filePath: RED, transformation: 'video' }), 'not_implemented'],
    ['audio', () => files.processFile({ accountId, filePath: RED, transformation: 'audio' }), 'not_implemented'],
    ['archive', () => files.processFile({ accountId, filePath: RED, transformation: 'archive' }), 'not_implemented'],
    ['antivirus', () => files.processFile({ accountId, filePath: RED, transformation: 'antivirus' }), 'not_implemented'],
    [
      'a result that is not cached',
      () =>
        files.processFile({
          accountId,
          filePath: RED,
          transformation: 'image',
          transformationParams: { w: 17 },
          cacheOnly: true,
        }),
      'not_cached',
    ],
    ['an expired URL', () => files.downloadFile({ accountId, filePath: RED, exp: '1000' as never }), 'gone'],
    ['another artifact', () => files.processFile({ accountId, filePath: RED, transformation: 'image', artifact: '/x' }), 'file_not_found'],
    [
      'a copy of nothing',
      () => files.copyFile({ accountId, copyFileRequest: { source: '/nothing', destination: '/x' } }),
      'file_not_found',
    ],
    [
      'a copy to a path that climbs',
      () => files.copyFile({ accountId, copyFileRequest: { source: RED, destination: '/../x' } }),
      'invalid_path',
    ],
    ['an empty batch', () => files.deleteFileBatch({ accountId, deleteFileBatchRequest: { files: [] } }), 'invalid_body'],
    [
      'deleting with a public key',
      () => new FileApi({ ...config, apiKey: server.publicKey }).deleteFile({ accountId, filePath: '/x' }),
      'forbidden',
    ],
  ])('%s is an error with a code', (_, call, code) => expectCode(call(), code))
})

describe('FolderApi', () => {
  it('lists files and folders in pages, in any size the same', async () => {
    for (const path of ['/list/b/x/1.txt', '/list/b/2.txt', '/list/b.txt', '/list/b-c.txt', '/list/ü/😀.txt', '/list/a/1.txt'])
      await put(path)
    await folders.putFolder({ accountId, putFolderRequest: { folderPath: '/list/empty' } })
    await folders.putFolder({ accountId, putFolderRequest: { folderPath: '/list/b/kept/deep' } })
    const flat = ['/list/a/', '/list/b-c.txt', '/list/b.txt', '/list/b/ virtual', '/list/empty/ virtual', '/list/ü/']
    const deep = [
      '/list/a/',
      '/list/a/1.txt',
      '/list/b-c.txt',
      '/list/b.txt',
      '/list/b/ virtual',
      '/list/b/2.txt',
      '/list/b/kept/ virtual',
      '/list/b/kept/deep/ virtual',
      '/list/b/x/',
      '/list/b/x/1.txt',
      '/list/empty/ virtual',
      '/list/ü/',
      '/list/ü/😀.txt',
    ]
    for (const limit of [1, 2, 3, 5, 50]) {
      expect((await listAll({ folderPath: '/list', limit })).items, `flat, pages of ${limit}`).toEqual(flat)
      expect((await listAll({ folderPath: '/list', limit, recursive: true })).items, `deep, pages of ${limit}`).toEqual(deep)
    }
    expect((await listAll({ folderPath: '/list', limit: 2, recursive: true, includeFiles: false })).items).toEqual(
      deep.filter((item) => !item.endsWith('.txt')),
    )
    expect(
      (await listAll({ folderPath: '/list', recursive: true, includePhysicalFolders: false, includeVirtualFolders: false })).items,
    ).toEqual(deep.filter((item) => item.endsWith('.txt')))
    expect(
      (await listAll({ folderPath: '/list', includeVirtualFolders: false, dryRun: true, includeOverriddenStorage: true })).items,
    ).toEqual(flat.filter((item) => !item.endsWith('virtual')))
    const { folder, items } = await folders.listFolder({ accountId, folderPath: '/list/b', limit: 1 })
    expect(folder).toEqual({ type: 'Folder', folderPath: '/list/b', virtual: true, settings: {} })
    expect(items[0]).toEqual({
      type: 'File',
      filePath: '/list/b/2.txt',
      fileUrl: `${server.origin}/${accountId}/raw/list/b/2.txt`,
      lastModified: expect.any(Number),
      size: 1,
    })
  })

  it('a folder of files vanishes with the last one, a put one stays', async () => {
    await put('/vanish/a.txt')
    expect(await folders.getFolderDetails({ accountId, folderPath: '/vanish' })).toEqual({
      type: 'Folder',
      folderPath: '/vanish',
      virtual: false,
      settings: {},
      settingsInherited: {},
    })
    await files.deleteFile({ accountId, filePath: '/vanish/a.txt' })
    await expectCode(folders.getFolderDetails({ accountId, folderPath: '/vanish' }), 'folder_not_found')
    await folders.putFolder({ accountId, putFolderRequest: { folderPath: '/vanish' } })
    expect(await folders.getFolderDetails({ accountId, folderPath: '/vanish' })).toMatchObject({ virtual: true })
  })

  it('keeps settings, changes those that are named, and hands permissions down', async () => {
    const publicPermissions = [{ permissions: { file: { downloadFile: ['raw'] } }, scope: 'Children' as const }]
    const details = await folders.putFolder({
      accountId,
      putFolderRequest: {
        folderPath: '/set/up',
        folderSettings: { description: { set: true, value: 'mine' }, publicPermissions: { set: true, value: publicPermissions } },
      },
    })
    expect(details).toEqual({
      type: 'Folder',
      folderPath: '/set/up',
      virtual: true,
      settings: { description: 'mine', publicPermissions },
      settingsInherited: {},
    })
    const changed = await folders.putFolder({
      accountId,
      putFolderRequest: { folderPath: '/set/up', folderSettings: { description: { set: false } } },
    })
    expect(changed.settings).toEqual({ publicPermissions })
    const below = await folders.putFolder({ accountId, putFolderRequest: { folderPath: '/set/up/below' } })
    expect(below).toMatchObject({
      settings: {},
      settingsInherited: { publicPermissions: { folderPath: '/set/up', value: publicPermissions } },
    })
  })

  it('copyFolder and deleteFolder run as jobs, over more files than one call takes', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `${String(i).padStart(3, '0')}.txt`)
    for (let i = 0; i < names.length; i += 20) {
      await Promise.all(
        names.slice(i, i + 20).map((name) =>
          fetch(`${server.origin}/v2/accounts/${accountId}/uploads/binary?filePath=/tree/sub/${name}`, {
            method: 'POST',
            headers: { Authorization: `Bearer ${server.secretKey}` },
            body: name,
          }),
        ),
      )
    }
    await folders.putFolder({
      accountId,
      putFolderRequest: { folderPath: '/tree/kept', folderSettings: { description: { set: true, value: 'kept' } } },
    })
    const copied = await ended(
      await folders.copyFolder({ accountId, copyFolderRequest: { source: '/tree', destination: '/copied/tree', tags: { value: ['c'] } } }),
    )
    expect(copied).toMatchObject({ jobType: 'CopyFolderBatchJob', status: 'Succeeded', summary: { filesCopied: 120 } })
    expect(await text('/copied/tree/sub/119.txt')).toBe('119.txt')
    expect((await files.getFileDetails({ accountId, filePath: '/copied/tree/sub/000.txt' })).tags).toEqual(['c'])
    expect((await folders.getFolderDetails({ accountId, folderPath: '/copied/tree/kept' })).settings).toEqual({ description: 'kept' })
    const deleted = await ended(await folders.deleteFolder({ accountId, deleteFolderRequest: { folderPath: '/tree' } }))
    expect(deleted).toMatchObject({ jobType: 'DeleteFolderBatchJob', status: 'Succeeded', summary: { filesDeleted: 120 } })
    await expectCode(folders.getFolderDetails({ accountId, folderPath: '/tree' }), 'folder_not_found')
    expect(await text('/copied/tree/sub/000.txt')).toBe('000.txt')
  })

  it('the batches of folders too', async () => {
    await put('/fb/a/1.txt', '1')
    await put('/fb/b/2.txt', '2')
    await ended(
      await folders.copyFolderBatch({
        accountId,
        copyFolderBatchRequest: {
          folders: [
            { source: '/fb/a', destination: '/fb2/a' },
            { source: '/fb/b', destination: '/fb2/b', copyVirtualFolders: false },
          ],
        },
      }),
    )
    expect([await text('/fb2/a/1.txt'), await text('/fb2/b/2.txt')]).toEqual(['1', '2'])
    await ended(
      await folders.deleteFolderBatch({
        accountId,
        deleteFolderBatchRequest: { folders: [{ folderPath: '/fb2/a' }, { folderPath: '/fb2/b', deleteFiles: false }] },
      }),
    )
    expect([await text('/fb2/a/1.txt'), await text('/fb2/b/2.txt')]).toEqual([null, '2'])
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['details of no folder', () => folders.getFolderDetails({ accountId, folderPath: '/no/such' }), 'folder_not_found'],
    ['a relative folder', () => folders.listFolder({ accountId, folderPath: 'x' }), 'invalid_path'],
    ['a folder that climbs', () => folders.putFolder({ accountId, putFolderRequest: { folderPath: '/a/..' } }), 'invalid_path'],
    ['a limit over 1000', () => folders.listFolder({ accountId, folderPath: '/', limit: 1001 }), 'invalid_parameter'],
    [
      'a storage layer',
      () =>
        folders.putFolder({
          accountId,
          putFolderRequest: { folderPath: '/s', folderSettings: { storageLayer: { set: true, value: { type: 'S3' } as never } } },
        }),
      'not_implemented',
    ],
    [
      'a copy into itself',
      () => folders.copyFolder({ accountId, copyFolderRequest: { source: '/fb', destination: '/fb/in' } }),
      'invalid_body',
    ],
    [
      'both kinds of folders',
      () =>
        folders.copyFolder({
          accountId,
          copyFolderRequest: { source: '/a', destination: '/b', copyOverriddenStorage: true, copyVirtualFolders: true },
        }),
      'invalid_body',
    ],
    [
      'a list with a public key',
      () => new FolderApi({ ...config, apiKey: server.publicKey }).listFolder({ accountId, folderPath: '/' }),
      'forbidden',
    ],
  ])('%s is an error with a code', (_, call, code) => expectCode(call(), code))
})

describe('JobApi', () => {
  it('lists the recent jobs, newest first, with one type and with several', async () => {
    const [source, copy] = ['/recent/source.txt', '/recent/copy.txt']
    await put(source)
    const copied = await files.copyFileBatch({ accountId, copyFileBatchRequest: { files: [{ source, destination: copy }] } })
    await ended(copied)
    const deleted = await files.deleteFileBatch({ accountId, deleteFileBatchRequest: { files: [copy] } })
    await ended(deleted)
    const { items } = await jobs.listRecentJobs({ accountId, jobType: ['CopyFileBatchJob', 'DeleteFileBatchJob'] })
    expect(items.slice(0, 2).map(({ jobId, jobType }) => ({ jobId, jobType }))).toEqual([
      { jobId: deleted.jobId, jobType: 'DeleteFileBatchJob' },
      { jobId: copied.jobId, jobType: 'CopyFileBatchJob' },
    ])
    const copies = await jobs.listRecentJobs({ accountId, jobType: ['CopyFileBatchJob'] })
    expect(new Set(copies.items.map(({ jobType }) => jobType))).toEqual(new Set(['CopyFileBatchJob']))
    expect(copies.items[0]?.jobId).toBe(copied.jobId)
    const documented = await fetch(`${server.origin}/v2/accounts/${accountId}/jobs?jobType=CopyFileBatchJob&jobType=DeleteFileBatchJob`, {
      headers: { Authorization: `Bearer ${server.secretKey}` },
    })
    expect(((await documented.json()) as { items: { jobId: string }[] }).items.map(({ jobId }) => jobId)).toEqual(
      items.map(({ jobId }) => jobId),
    )
  })

  it('cancels a job', async () => {
    await put('/to-cancel/a.txt')
    const job = await folders.copyFolder({ accountId, copyFolderRequest: { source: '/to-cancel', destination: '/cancelled' } })
    await jobs.cancelJob({ accountId, jobId: job.jobId, jobType: job.jobType })
    expect(['Cancelled', 'Succeeded']).toContain((await ended(job)).status)
    await jobs.cancelJob({ accountId, jobId: job.jobId, jobType: job.jobType })
  })

  it('an unknown job, another type and a public key are errors with codes', async () => {
    const jobId = '01H3211XMV1VH829RV697VE3WM'
    await expectCode(jobs.getJob({ accountId, jobId, jobType: 'CopyFileBatchJob' }), 'job_not_found')
    await expectCode(jobs.getJob({ accountId, jobId, jobType: 'NoJob' as never }), 'invalid_parameter')
    await expectCode(
      new JobApi({ ...config, apiKey: server.publicKey }).getJob({ accountId, jobId, jobType: 'CopyFileBatchJob' }),
      'forbidden',
    )
  })
})

describe('CacheApi', () => {
  it('a reset forgets results, kept and at the edge, and says what it cannot reach', async () => {
    await put('/reset/a.png', await picture(20, 20, '#808080'), { mime: 'image/png' })
    const url = `${server.origin}/${accountId}/image/reset/a.png?w=11`
    const tier = async (): Promise<string | null> => (await fetch(url)).headers.get('Emulsion-Cache')
    expect(await tier()).toBe('miss')
    await expect.poll(tier).toMatch(/edge|store/) // a result is kept behind the answer
    const reset = (pattern: string) =>
      new CacheApi(config).resetCache({ accountId, resetCacheRequest: { pattern, resetEdgeCache: true, resetPermanentCache: true } })
    const other = await ended(await reset('/image/elsewhere/*'))
    expect(other).toMatchObject({
      jobType: 'ResetCacheJob',
      status: 'Succeeded',
      summary: { resultsDeleted: 0, edgeReset: true, notReached: ['client'] },
    })
    const job = await ended(await reset('/image/reset/*'))
    expect((job.summary as { resultsDeleted: number }).resultsDeleted).toBeGreaterThan(0)
    await new Promise((wait) => setTimeout(wait, 5500)) // an isolate believes what it read of the account for 5 s
    expect(await tier()).toBe('miss')
  })

  it('a public key and a bad pattern are errors with codes', async () => {
    const request = { pattern: '/image/*', resetEdgeCache: true, resetPermanentCache: true }
    await expectCode(
      new CacheApi({ ...config, apiKey: server.publicKey }).resetCache({ accountId, resetCacheRequest: request }),
      'forbidden',
    )
    await expectCode(new CacheApi(config).resetCache({ accountId, resetCacheRequest: { ...request, pattern: 'image' } }), 'invalid_body')
  })
})

describe('UploadApi.uploadFromUrl', () => {
  const fromUrl = (path: string, request: object = {}) =>
    new UploadApi(config).uploadFromUrl({
      accountId,
      uploadFromUrlRequest: { url: path.startsWith('/') ? sourceOrigin + path : path, ...request },
    })

  it('takes type and name from the source', async () => {
    const { filePath } = await fromUrl('/plain/hello%20world.txt', {
      path: { folderPath: '/from-url', fileName: '{ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}' },
    })
    expect(filePath).toBe('/from-url/hello world.txt')
    expect(await files.getFileDetails({ accountId, filePath })).toMatchObject({
      mime: 'text/plain',
      originalFileName: 'hello world.txt',
      size: 5,
    })
    const named = await fromUrl('/named', { path: { folderPath: '/from-url', fileName: '{ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}' } })
    expect(named.filePath).toBe('/from-url/naïve name.bin')
  })

  it('the request has the last word; redirects are followed; a body may hide its length', async () => {
    const { filePath } = await fromUrl('/moved', {
      path: '/from-url/moved.bin',
      mime: 'application/x-mine',
      originalFileName: 'mine',
      metadata: { k: 1 },
      tags: ['u'],
    })
    expect(await files.getFileDetails({ accountId, filePath })).toMatchObject({
      mime: 'application/x-mine',
      originalFileName: 'mine',
      metadata: { k: 1 },
      tags: ['u'],
    })
    await fromUrl('/chunked', { path: '/from-url/chunked.txt' })
    expect(await text('/from-url/chunked.txt')).toBe('chunk by chunk')
  })

  it.each([
    ['/missing', {}, 'source_unavailable'],
    ['/round', {}, 'source_unavailable'],
    ['/slow', { timeout: 300 }, 'source_unavailable'],
    ['/short', {}, 'source_unavailable'],
    ['/large', {}, 'file_too_large'],
    ['/inside', {}, 'invalid_parameter'],
    ['http://127.0.0.1:1/', {}, 'invalid_parameter'],
    ['http://10.0.0.1/', {}, 'invalid_parameter'],
    ['http://[::ffff:127.0.0.1]/', {}, 'invalid_parameter'],
    ['http://2130706433/', {}, 'invalid_parameter'],
    ['http://localhost/', {}, 'invalid_parameter'],
    ['http://user:pass@example.com/', {}, 'invalid_parameter'],
    ['file:///etc/passwd', {}, 'invalid_parameter'],
    ['/plain/hello%20world.txt', { timeout: 30_001 }, 'invalid_body'],
  ])('%s is an error with a code', (path, request, code) => expectCode(fromUrl(path, request), code))
})
