import { expect } from 'vitest'
import { type ApiClient, done, refused } from '../held.ts'
import { bearer, type World } from './world.ts'

/** `/api/photo.jpg` is there. */
export async function batchCalls(client: ApiClient, { batchSecret, pictureUrl: hookUrl }: World): Promise<void> {
  const secret = bearer(batchSecret)
  const job = { destination: '/api/out/small.webp', transformations: [{ type: 'resize' as const, width: 9 }] }
  const wish = { service_id: 1, source: '/api/photo.jpg', jobs: [job] }

  const { process_id: processId } = done(await client.POST('/request', { body: wish, ...secret }))
  const one = { path: { processId } }
  const events = done(await client.GET('/request/{processId}/events', { params: one, ...secret, parseAs: 'text' }))
  const id = /^id: *(\S+)$/m.exec(events.split('\n\n').findLast((each) => each.includes('id:')) ?? '')?.[1] ?? ''
  expect(
    (await client.GET('/request/{processId}/events', { params: { ...one, header: { 'Last-Event-ID': id } }, ...secret, parseAs: 'text' }))
      .response.status,
  ).toBe(204)
  done(await client.GET('/request/{processId}/events', { params: { ...one, query: { last_event_id: '1' } }, ...secret, parseAs: 'text' }))
  expect(done(await client.GET('/request/{processId}', { params: one, ...secret })).status).toBe('FINISHED')
  const details = done(await client.GET('/request/{processId}', { params: { ...one, query: { details: true } }, ...secret }))
  expect('jobs' in details && details.jobs.map(({ status }) => status)).toEqual(['FINISHED'])

  const keyed = { header: { 'Idempotency-Key': 'once' } }
  const first = done(await client.POST('/request', { params: keyed, body: { ...wish, service_id: '1' }, ...secret }))
  expect(done(await client.POST('/request', { params: keyed, body: { ...wish, service_id: '1' }, ...secret }))).toEqual(first)
  refused(await client.POST('/request', { params: keyed, body: { ...wish, jobs: [{ ...job, quality: 9 }] }, ...secret }), 409)
  const failing = done(
    await client.POST('/request', {
      body: {
        ...wish,
        jobs: [
          {
            ...job,
            destination: '/api/out/cut.png',
            transformations: [{ type: 'crop', xoffset: 9000, yoffset: 9000, width: 9, height: 9, fit: false }],
          },
        ],
        callback: hookUrl,
      },
      ...secret,
    }),
  )
  const failed = { path: { processId: failing.process_id } }
  done(await client.GET('/request/{processId}/events', { params: failed, ...secret, parseAs: 'text' }))
  const told = done(await client.GET('/request/{processId}', { params: { ...failed, query: { details: true } }, ...secret }))
  expect('jobs' in told && told.jobs[0]?.error?.code).toBeTypeOf('string')
  done(await client.POST('/request/{processId}/callback', { params: failed, ...secret }))
  const entries = done(
    await client.POST('/retry', { body: { service_id: 1, process_ids: [failing.process_id, 'V1StGXR8_Z5jdHi6B-myT'] }, ...secret }),
  )
  expect(entries.map(({ status }) => status)).toEqual([200, 404])
  done(await client.DELETE('/request/{processId}', { params: failed, ...secret }))
  refused(await client.POST('/request/{processId}/callback', { params: one, ...secret }), 409)

  const many = done(
    await client.POST('/request', {
      body: {
        ...wish,
        jobs: [
          { destination: '/api/out/1.jpg', quality: 'auto', metadata: 'keep', cm: 'keep' },
          {
            destination: '/api/out/2.png',
            palette: true,
            transformations: [
              { type: 'rotate', degrees: 90 },
              { type: 'blur', sigma: 2 },
            ],
          },
          { destination: '/api/out/3.json', transformations: [{ type: 'info' }] },
        ],
      },
      ...secret,
    }),
  )
  done(await client.GET('/request/{processId}/events', { params: { path: { processId: many.process_id } }, ...secret, parseAs: 'text' }))
  done(await client.GET('/request/{processId}', { params: { path: { processId: many.process_id }, query: { details: true } }, ...secret }))
  const page = done(await client.GET('/request', { params: { query: { service_id: 1, kind: 'batch', limit: 2 } }, ...secret }))
  expect(page.items.length).toBe(2)
  done(await client.GET('/request', { params: { query: { cursor: page.cursor ?? '', limit: 1 } }, ...secret }))
  done(await client.GET('/request', { params: { query: { status: 'FAILED' } }, ...secret }))
  refused(await client.GET('/request', { params: { query: { limit: 0 } }, ...secret }), 400)
  // @ts-expect-error There is no such status.
  refused(await client.GET('/request', { params: { query: { status: 'DONE' } }, ...secret }), 400)

  expect(refused(await client.POST('/request', { body: wish }), 401).message).toBeTypeOf('string')
  refused(await client.POST('/request', { body: { ...wish, source: '/../none.jpg' }, ...secret }), 400)
  refused(await client.POST('/request', { body: { ...wish, service_id: 2 }, ...secret }), 403)
  // @ts-expect-error There is no such transformation.
  refused(await client.POST('/request', { body: { ...wish, jobs: [{ ...job, transformations: [{ type: 'shrink' }] }] }, ...secret }), 400)
  // @ts-expect-error The source is missing.
  refused(await client.POST('/request', { body: { service_id: 1, jobs: [job] }, ...secret }), 400)
  refused(await client.GET('/request/{processId}', { params: { path: { processId: 'V1StGXR8_Z5jdHi6B-myT' } }, ...secret }), 404)
  refused(await client.POST('/retry', { body: { service_id: 1, process_ids: [] }, ...secret }), 400)
}
