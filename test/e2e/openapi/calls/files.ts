import { expect } from 'vitest'
import { type ApiClient, done, refused } from '../held.ts'
import { asItIs, bearer, type World } from './world.ts'

/** Uploads, files, folders, jobs and the cache of the Bytescale protocol. */
export async function fileCalls(client: ApiClient, { account, secretKey, publicKey, picture, pictureUrl }: World): Promise<void> {
  const path = { accountId: account }
  const secret = bearer(secretKey)
  const sent = asItIs('image/jpeg', secret.headers)
  const at = '/v2/accounts/{accountId}'

  const stored = done(
    await client.POST(`${at}/uploads/binary`, {
      params: { path, query: { filePath: '/api/photo.jpg', tag: ['a', 'b'] }, header: { 'X-Upload-Metadata': '{"of":"tests"}' } },
      body: picture,
      ...sent,
    }),
  )
  expect(stored.filePath).toBe('/api/photo.jpg')
  done(
    await client.POST(`${at}/uploads/binary`, {
      params: {
        path,
        query: { folderPath: '/api/named', fileName: '{UTC_YEAR}.jpg', fileNameVariablesEnabled: true, originalFileName: 'a.jpg' },
      },
      body: picture,
      ...sent,
    }),
  )
  done(await client.POST('/v1/files/basic', { params: { query: { filePath: '/api/basic.jpg' } }, body: picture, ...sent }))
  const anonymous = refused(await client.POST(`${at}/uploads/binary`, { params: { path }, body: picture, ...asItIs('image/jpeg') }), 401)
  expect(anonymous.error.code).toBe('unauthorized')
  // @ts-expect-error There is no such parameter.
  refused(await client.POST(`${at}/uploads/binary`, { params: { path, query: { filepath: '/a.jpg' } }, body: picture, ...sent }), 400)

  const form = new FormData()
  form.set('first', new File([picture.slice()], 'first.jpg', { type: 'image/jpeg' }))
  const parts = done(
    await client.POST(`${at}/uploads/form_data`, {
      params: { path, query: { folderPath: '/api/form' } },
      body: { first: 'The serializer has it.' },
      bodySerializer: () => form,
      ...secret,
    }),
  )
  expect(parts.files.map(({ formDataFieldName }) => formDataFieldName)).toEqual(['first'])
  const fetched = done(
    await client.POST(`${at}/uploads/url`, {
      params: { path },
      body: { url: pictureUrl, path: '/api/fetched.jpg', tags: ['web'] },
      ...secret,
    }),
  )
  expect(fetched.fileUrl).toContain('/raw/api/fetched.jpg')
  refused(await client.POST(`${at}/uploads/url`, { params: { path }, body: { url: 'http://127.0.0.1:1/a.jpg' }, ...secret }), 400)
  // @ts-expect-error The URL is missing.
  refused(await client.POST(`${at}/uploads/url`, { params: { path }, body: { path: '/a.jpg' }, ...secret }), 400)

  const begun = done(
    await client.POST(`${at}/uploads`, {
      params: { path },
      body: { size: picture.length, mime: 'image/jpeg', path: '/api/parts.jpg', protocol: '1.1' },
      ...secret,
    }),
  )
  const { uploadId } = begun
  const part = { ...path, uploadId, uploadPartIndex: begun.uploadParts.first.uploadPartIndex }
  const { uploadUrl } = done(await client.GET(`${at}/uploads/{uploadId}/parts/{uploadPartIndex}`, { params: { path: part }, ...secret }))
  const { searchParams } = new URL(uploadUrl)
  const put = await client.PUT(`${at}/uploads/{uploadId}/parts/{uploadPartIndex}/content`, {
    params: { path: part, query: { expires: searchParams.get('expires') ?? '', signature: searchParams.get('signature') ?? '' } },
    body: picture,
    ...asItIs('application/octet-stream'),
    parseAs: 'text',
  })
  done(put)
  refused(
    await client.PUT(`${at}/uploads/{uploadId}/parts/{uploadPartIndex}/content`, {
      params: { path: part, query: { expires: searchParams.get('expires') ?? '', signature: 'none' } },
      body: picture,
      ...asItIs('application/octet-stream'),
    }),
    403,
  )
  expect(
    done(await client.GET(`${at}/uploads/{uploadId}/parts`, { params: { path: { ...path, uploadId } }, ...secret })).remainingUploadParts,
  ).toEqual([0])
  const etag = put.response.headers.get('ETag') ?? ''
  const completed = done(
    await client.PUT(`${at}/uploads/{uploadId}/parts/{uploadPartIndex}`, { params: { path: part }, body: { etag }, ...secret }),
  )
  expect(completed.status).toBe('Completed')
  const other = done(await client.POST(`${at}/uploads`, { params: { path }, body: { size: 7 }, ...secret }))
  done(await client.DELETE(`${at}/uploads/{uploadId}`, { params: { path: { ...path, uploadId: other.uploadId } }, ...secret }))
  refused(
    await client.GET(`${at}/uploads/{uploadId}/parts`, { params: { path: { ...path, uploadId: 'aaaaaaaaaaaaaaaa' } }, ...secret }),
    404,
  )

  const details = done(await client.GET(`${at}/files/details`, { params: { path, query: { filePath: '/api/photo.jpg' } }, ...secret }))
  expect([details.size, details.tags, details.metadata['of']]).toEqual([picture.length, ['a', 'b'], 'tests'])
  const missing = refused(await client.GET(`${at}/files/details`, { params: { path, query: { filePath: '/none.jpg' } }, ...secret }), 404)
  expect(missing.error.code).toBe('file_not_found')
  refused(await client.DELETE(`${at}/files`, { params: { path, query: { filePath: '/api/photo.jpg' } }, ...bearer(publicKey) }), 403)
  done(
    await client.POST(`${at}/files/copy`, {
      params: { path },
      body: { source: '/api/photo.jpg', destination: '/api/copy.jpg' },
      ...secret,
    }),
  )
  refused(
    await client.POST(`${at}/files/copy`, { params: { path }, body: { source: '/none.jpg', destination: '/api/a.jpg' }, ...secret }),
    404,
  )
  done(await client.DELETE(`${at}/files`, { params: { path, query: { filePath: '/api/copy.jpg' } }, ...secret }))
  const job = done(
    await client.POST(`${at}/files/copy/batch`, {
      params: { path },
      body: { files: [{ source: '/api/photo.jpg', destination: '/api/batch/a.jpg', tags: { value: ['c'], merge: true } }] },
      ...secret,
    }),
  )
  expect(
    done(
      await client.GET(`${at}/jobs/{jobType}/{jobId}`, {
        params: { path: { ...path, jobType: job.jobType, jobId: job.jobId } },
        ...secret,
      }),
    ).jobId,
  ).toBe(job.jobId)
  done(
    await client.DELETE(`${at}/jobs/{jobType}/{jobId}`, {
      params: { path: { ...path, jobType: job.jobType, jobId: job.jobId } },
      ...secret,
    }),
  )
  refused(
    await client.GET(`${at}/jobs/{jobType}/{jobId}`, { params: { path: { ...path, jobType: job.jobType, jobId: 'none' } }, ...secret }),
    404,
  )
  done(await client.GET(`${at}/jobs`, { params: { path, query: { jobType: ['CopyFileBatchJob', 'DeleteFileBatchJob'] } }, ...secret }))
  // @ts-expect-error A type of job is needed.
  refused(await client.GET(`${at}/jobs`, { params: { path }, ...secret }), 400)
  done(await client.DELETE(`${at}/files/batch`, { params: { path }, body: { files: ['/api/basic.jpg', '/none.jpg'] }, ...secret }))
  refused(await client.DELETE(`${at}/files/batch`, { params: { path }, body: { files: [] }, ...secret }), 400)

  const folder = done(
    await client.PUT(`${at}/folders`, {
      params: { path },
      body: { folderPath: '/api/team', folderSettings: { description: { set: true, value: 'Of the team' } } },
      ...secret,
    }),
  )
  expect([folder.virtual, folder.settings.description]).toEqual([true, 'Of the team'])
  done(await client.GET(`${at}/folders`, { params: { path, query: { folderPath: '/api/team' } }, ...secret }))
  refused(await client.GET(`${at}/folders`, { params: { path, query: { folderPath: '/none' } }, ...secret }), 404)
  const page = done(
    await client.GET(`${at}/folders/list`, { params: { path, query: { folderPath: '/api', limit: 2, recursive: true } }, ...secret }),
  )
  expect([page.items.length, page.isPaginationComplete]).toEqual([2, false])
  done(
    await client.GET(`${at}/folders/list`, {
      params: { path, query: { folderPath: '/api', cursor: page.cursor, limit: 100, includeFiles: false } },
      ...secret,
    }),
  )
  refused(await client.GET(`${at}/folders/list`, { params: { path, query: { folderPath: '/api', limit: 1001 } }, ...secret }), 400)
  done(
    await client.POST(`${at}/folders/copy`, {
      params: { path },
      body: { source: '/api/team', destination: '/api/team2', copyVirtualFolders: true },
      ...secret,
    }),
  )
  done(
    await client.POST(`${at}/folders/copy/batch`, {
      params: { path },
      body: { folders: [{ source: '/api/form', destination: '/api/form2' }] },
      ...secret,
    }),
  )
  done(await client.DELETE(`${at}/folders`, { params: { path }, body: { folderPath: '/api/form2', deleteFiles: true }, ...secret }))
  done(await client.DELETE(`${at}/folders/batch`, { params: { path }, body: { folders: [{ folderPath: '/api/team2' }] }, ...secret }))
  done(
    await client.POST(`${at}/cache/reset`, {
      params: { path },
      body: { pattern: '/image/api/*', resetEdgeCache: true, resetPermanentCache: true },
      ...secret,
    }),
  )
  // @ts-expect-error What is reset must be said.
  refused(await client.POST(`${at}/cache/reset`, { params: { path }, body: { pattern: '/image/api/*' }, ...secret }), 400)
}
