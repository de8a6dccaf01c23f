import { expect, it } from 'vitest'
import type * as z from 'zod'
import { DIALECTS } from '../../../scripts/openapi/dialects.ts'
import { ACCOUNT, picture, request, SECRET_KEY } from '../support/client.ts'

const CALLS = DIALECTS.flatMap(({ calls, error }) => calls.map((call) => ({ ...call, error })))
const authorized = { Authorization: `Bearer ${SECRET_KEY}` }

function schemaOf(operationId: string, status: number): z.ZodType {
  const call = CALLS.find((each) => each.operationId === operationId)
  const schema = call?.answers[status]?.body?.schema ?? call?.error(call.errors)
  if (!schema) throw new Error(`${operationId} has no answer ${status}`)
  return schema
}

const api = (path: string) => `/v2/accounts/${ACCOUNT}${path}`
const json = (body: object, method = 'POST'): RequestInit => ({ method, headers: authorized, body: JSON.stringify(body) })
const get: RequestInit = { headers: authorized }

/** One after the other: the later ones need what the earlier ones make. */
it('answers are what the document says', async () => {
  const rows: readonly (readonly [operationId: string, path: string, init: RequestInit, status: number])[] = [
    [
      'uploadBinary',
      api('/uploads/binary?filePath=/told/photo.jpg'),
      { method: 'POST', headers: { ...authorized, 'Content-Type': 'image/jpeg' }, body: picture('photo.jpg') },
      200,
    ],
    ['getFileDetails', api('/files/details?filePath=/told/photo.jpg'), get, 200],
    ['getFileDetails', api('/files/details?filePath=/told/none.jpg'), get, 404],
    ['copyFile', api('/files/copy'), json({ source: '/told/photo.jpg', destination: '/told/copy.jpg' }), 200],
    ['copyFile', api('/files/copy'), json({ source: '/told/photo.jpg' }), 400],
    [
      'putFolder',
      api('/folders'),
      json({ folderPath: '/told', folderSettings: { description: { set: true, value: 'Told' } } }, 'PUT'),
      200,
    ],
    ['getFolderDetails', api('/folders?folderPath=/told'), get, 200],
    ['listFolder', api('/folders/list?folderPath=/told'), get, 200],
    ['beginMultipartUpload', api('/uploads'), json({ size: 10, path: '/told/parts.bin' }), 200],
    ['deleteFile', api('/files?filePath=/told/copy.jpg'), { method: 'DELETE', headers: authorized }, 200],
    ['listRecentJobs', api('/jobs?jobType=CopyFileBatchJob'), get, 200],
    ['processFileAndSave', `/${ACCOUNT}/save/image/told/photo.jpg?w=8`, json({ destination: '/told/small.jpg' }), 200],
    ['showImage', `/${ACCOUNT}/image/told/photo.jpg?widht=8`, {}, 400],
    ['createProcess', '/request', { method: 'POST' }, 401],
    ['explain', '/-/explain', json({ url: `/${ACCOUNT}/image/told/photo.jpg?w=8` }), 200],
    ['translate', '/-/translate', json({ url: 'https://a.imgix.net/b.jpg?w=8&x=1' }), 200],
    ['health', '/-/health', {}, 200],
  ]
  for (const [operationId, path, init, status] of rows) {
    const answer = await request(path, init)
    const body = await answer.json()
    expect([operationId, answer.status, body]).toEqual([operationId, status, expect.anything()])
    expect(schemaOf(operationId, status).safeParse(body).error, `${operationId}: ${JSON.stringify(body)}`).toBeUndefined()
  }
})
