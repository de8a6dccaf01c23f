import { beforeAll, describe, expect, it } from 'vitest'
import { body, create, details, ended, get, post, remove } from './support/batch.ts'
import { ACCOUNT, picture, request, upload } from './support/client.ts'
import { decodePixels } from './support/pixels.ts'

beforeAll(async () => {
  await upload('/photo.jpg', picture('photo.jpg'))
})

const job = (more: object) => body({ jobs: [{ destination: '/out/x.png', ...more }] })
const transformation = (more: object) => job({ transformations: [more] })
const without = (name: string) => Object.fromEntries(Object.entries(body()).filter(([key]) => key !== name))

describe('docs/protocols/batch.md §1: the order of checks', () => {
  it.each<[string, Record<string, string>]>([
    ['no header', { Authorization: '' }],
    ['another secret', { Authorization: 'Bearer nobody' }],
    ['another scheme', { Authorization: 'Basic YXBpa2V5Ong=' }],
  ])('401 Invalid Secret for %s, before the body is looked at', async (_, headers) => {
    const response = await post('/request', 'no json', headers)
    expect([response.status, await response.json()]).toEqual([401, { message: 'Invalid Secret' }])
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
  })

  it.each(['', 'no json', '[]', '"text"', 'null', '1'])('400 for the body %j', async (text) => {
    const response = await post('/request', text)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ message: expect.stringContaining('JSON') })
  })

  it('400 for a field before 403 for the service', async () => {
    expect((await post('/request', body({ service_id: 2, source: 7 }))).status).toBe(400)
    expect((await post('/request', body({ service_id: 2 }))).status).toBe(403)
  })

  it('parses the body as JSON whatever its content type', async () => {
    expect((await post('/request', body(), { 'Content-Type': 'text/plain' })).status).toBe(200)
  })
})

describe('docs/protocols/batch.md §1.1: fields of a request', () => {
  it.each<[string, object]>([
    ['service_id', without('service_id')],
    ['service_id', body({ service_id: 'one' })],
    ['service_id', body({ service_id: 1.5 })],
    ['callback', body({ callback: 'ftp://example.org/' })],
    ['callback', body({ callback: 'no url' })],
    ['callback', body({ callback: 7 })],
    ['callback', body({ callback: '' })],
    ['callback', body({ callback: 'http://127.0.0.1/hook' })],
    ['callback', body({ callback: 'http://emulsion.test/hook' })],
    ['callback', body({ callback: 'http://[::ffff:10.0.0.1]/' })],
    ['source', without('source')],
    ['source', body({ source: 7 })],
    ['source', body({ source: '' })],
    ['source', body({ source: '/a/../b.jpg' })],
    ['source', body({ source: '/a\u0000.jpg' })],
    ['jobs', without('jobs')],
    ['jobs', body({ jobs: [] })],
    ['jobs', body({ jobs: {} })],
    ['jobs', body({ jobs: Array.from({ length: 101 }, () => ({ destination: '/x.png' })) })],
    ['jobs[0]', body({ jobs: [7] })],
    ['jobs[0].destination', body({ jobs: [{ transformations: [] }] })],
    ['jobs[0].destination', job({ destination: 7 })],
    ['jobs[0].destination', job({ destination: '..' })],
    ['jobs[1].destination', body({ jobs: [{ destination: '/ok.png' }, {}] })],
    ['jobs[0].quality', job({ quality: -1 })],
    ['jobs[0].quality', job({ quality: 101 })],
    ['jobs[0].quality', job({ quality: '70%' })],
    ['jobs[0].quality', job({ quality: true })],
    ['jobs[0].transformations', job({ transformations: 'flip' })],
    ['jobs[0].transformations', job({ transformations: {} })],
    ['jobs[0].transformations[0]', job({ transformations: ['flip'] })],
    [
      'jobs[1].transformations',
      body({
        jobs: [{ destination: '/ok.png' }, { destination: '/b.png', transformations: Array.from({ length: 5 }, () => ({ type: 'ulb' })) }],
      }),
    ],
    ['jobs[0].transformations', job({ transformations: Array.from({ length: 65 }, () => ({ type: 'enhance' })) })],
    ['jobs[0].transformations[0].type', transformation({})],
    ['jobs[0].transformations[0].type', transformation({ type: 'explode' })],
    ['jobs[0].transformations[0].direction', transformation({ type: 'flip', direction: 'z' })],
  ])('400 naming %s', async (field, request) => {
    const before = ((await (await get('/request')).json()) as { items: unknown[] }).items.length
    const response = await post('/request', request)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ message: expect.stringContaining(field) })
    expect(((await (await get('/request')).json()) as { items: unknown[] }).items, 'nothing is stored').toHaveLength(before)
  })

  it.each<[string, unknown]>([
    ['"jobs", received 101 entries.', body({ jobs: Array.from({ length: 101 }, (_, i) => ({ destination: `/${i}.png` })) })],
    ['"jobs", received 0 entries.', body({ jobs: [] })],
    ['received 101 entries.', job({ transformations: Array.from({ length: 101 }, () => ({ type: 'enhance' })) })],
    ['at most 32 levels, received 100000.', '['.repeat(100_000)],
    ['at most 32 levels, received 41.', `{"jobs":${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('400 with the limit and the count: %s', async (message, request) => {
    const response = await post('/request', request)
    expect([response.status, await response.json()]).toEqual([400, { message: expect.stringContaining(message) }])
  })

  it('fields that nobody knows are warnings in the details', async () => {
    const id = await create({
      comment: 'no field',
      jobs: [{ destination: '/out/warned.png', qualty: 5, transformations: [{ type: 'resize', width: 20, hieght: 10, gravity: 'north' }] }],
    })
    const { warnings } = (await (await get(`/request/${id}?details=1`)).json()) as { warnings: readonly string[] }
    expect(warnings.map((warning) => /^The field "(.*)" is not known here and was ignored\.$/.exec(warning)?.[1])).toEqual([
      'comment',
      'jobs[0].transformations[0].hieght',
      'jobs[0].transformations[0].gravity',
      'jobs[0].qualty',
    ])
    expect((await ended(await create())) as unknown).toMatchObject({ warnings: [] })
  })

  it.each<[string, object]>([
    ['a numeric string as service_id', body({ service_id: '1' })],
    ['no callback', body({ callback: null })],
    ['fields that it does not know', body({ colour: 'red', jobs: [{ destination: '/out/y.png', transformations: [], priority: 1 }] })],
    ['no leading slash', { service_id: 1, source: 'photo.jpg', jobs: [{ destination: 'out/z.png' }] }],
    ['quality as text', job({ quality: '0' })],
    ['100 jobs', body({ jobs: Array.from({ length: 100 }, (_, i) => ({ destination: `/many/${i}.jpg` })) })],
  ])('200 with %s', async (_, request) => {
    const response = await post('/request', request)
    expect(await response.json()).toEqual({ status: 'SUCCESS', process_id: expect.stringMatching(/^[A-Za-z0-9_-]{21}$/) })
    expect(response.status).toBe(200)
  })
})

describe('a process', () => {
  it('renders every job from the unmodified source, in the format of its destination', async () => {
    const id = await create({
      jobs: [
        { destination: '/out/half.png', transformations: [{ type: 'resize', width: '50%' }] },
        { destination: 'out/flipped.png', transformations: [{ type: 'flip', direction: 'horizontal' }] },
        { destination: '/out/same', transformations: [] },
      ],
    })
    const { status, jobs } = await ended(id)
    expect(status).toBe('FINISHED')
    expect(jobs.map(({ result }) => [result?.['path'], result?.['width'], result?.['height'], result?.['mime']])).toEqual([
      ['/out/half.png', 32, 24, 'image/png'],
      ['/out/flipped.png', 64, 48, 'image/png'],
      ['/out/same', 64, 48, 'image/jpeg'],
    ])
    const flipped = await request(`/${ACCOUNT}/raw/out/flipped.png`)
    const pixels = await decodePixels(flipped)
    // The source's top left corner is red and its top right one green.
    expect([pixels.corner('top-left'), pixels.corner('top-right')]).toEqual(['green', 'red'])
  })

  it('answers its status in exactly two fields, the time in UTC', async () => {
    const id = await create()
    await ended(id)
    const response = await get(`/request/${id}`)
    const answer = (await response.json()) as { updated_at: string }
    expect(answer).toEqual({ status: 'FINISHED', updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) })
    expect(Math.abs(Date.parse(`${answer.updated_at.replace(' ', 'T')}Z`) - Date.now())).toBeLessThan(60_000)
  })

  it('is FAILED when the source is not there, with the reason in the details', async () => {
    const found = await ended(await create({ source: '/nothing.jpg' }))
    expect(found).toMatchObject({ status: 'FAILED', error: { code: 'file_not_found', message: expect.stringContaining('/nothing.jpg') } })
    expect(found.jobs[0]).toMatchObject({ status: 'FAILED', attempts: 1 })
  })

  it('is FAILED when the source is no image; what is before the failing job stays written', async () => {
    await upload('/text.txt', 'no image')
    expect(await ended(await create({ source: '/text.txt' }))).toMatchObject({ status: 'FAILED', error: { code: 'unsupported_format' } })
    const jobs = [
      { destination: '/stays.png', transformations: [] },
      { destination: '/fails.png', transformations: [{ type: 'crop', width: 10, height: 10, xoffset: 1000, fit: false }] },
      { destination: '/never.png', transformations: [{ type: 'resize', width: 20 }] },
    ]
    const found = await ended(await create({ jobs }))
    expect(found.jobs.map(({ status }) => status)).toEqual(['FINISHED', 'FAILED', 'CANCELLED'])
    expect((await request(`/${ACCOUNT}/raw/stays.png`)).status).toBe(200)
    expect((await request(`/${ACCOUNT}/raw/never.png`)).status).toBe(404)
  })

  it('is 404 when it is not known', async () => {
    for (const id of ['A'.repeat(21), 'short', 'Fcl_b6psriLi7lBYAshhp']) {
      const response = await get(`/request/${id}`)
      expect([response.status, await response.json()]).toEqual([404, { message: 'Process not found' }])
    }
  })
})

describe('POST /retry', () => {
  const retry = (ids: unknown, more: object = {}) => post('/retry', { service_id: 1, process_ids: ids, ...more })

  it('answers an entry for each id in their order, and executes the stored request again', async () => {
    const [finished, failed] = [await create(), await create({ source: '/later.jpg' })]
    expect((await ended(finished)).status).toBe('FINISHED')
    expect((await ended(failed)).status).toBe('FAILED')
    await upload('/later.jpg', picture('photo.jpg'))
    const response = await retry([failed, 'krLSWSF0gp6tpWPk3Okrl', finished])
    expect([response.status, await response.json()]).toEqual([
      200,
      [
        { status: 200, process_id: failed, description: 'Reprocessing process, attempt: 1' },
        { status: 404, process_id: 'krLSWSF0gp6tpWPk3Okrl', description: 'Process not found' },
        { status: 200, process_id: finished, description: 'Reprocessing process, attempt: 1' },
      ],
    ])
    expect(await ended(failed)).toMatchObject({ status: 'FINISHED', attempt: 1, error: null })
    await ended(finished)
    expect(await (await retry([finished])).json()).toMatchObject([{ description: 'Reprocessing process, attempt: 2' }])
  })

  it('restarts an id that is named twice once', async () => {
    const id = await create()
    await ended(id)
    expect(((await (await retry([id, id])).json()) as { status: number }[]).map(({ status }) => status)).toEqual([200, 409])
  })

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['no array', 'abc'],
    ['empty', []],
    ['over 100', Array.from({ length: 101 }, () => 'x')],
    ['not of texts', [1]],
  ])('400 when process_ids is %s', async (_, ids) => {
    const response = await retry(ids)
    expect([response.status, await response.json()]).toEqual([400, { message: expect.stringContaining('process_ids') }])
  })

  it('401, 400 and 403 as for a request', async () => {
    expect((await post('/retry', '{}', { Authorization: 'Bearer x' })).status).toBe(401)
    expect((await post('/retry', 'x')).status).toBe(400)
    expect((await retry(['x'], { service_id: 2 })).status).toBe(403)
  })
})

describe('beyond the specification', () => {
  it('an Idempotency-Key makes one process of equal requests, and 409 of another', async () => {
    const key = { 'Idempotency-Key': `key-${crypto.randomUUID()}` }
    const [first, second] = await Promise.all([create({}, key), create({}, key)])
    expect(first).toMatch(/^[A-Za-z0-9_-]{21}$/)
    expect(second).toBe(first)
    const other = await post('/request', body({ source: '/other.jpg' }), key)
    expect([other.status, await other.json()]).toEqual([409, { message: 'The Idempotency-Key was used for a request with another body.' }])
    expect((await post('/request', body(), { 'Idempotency-Key': 'x'.repeat(256) })).status).toBe(400)
  })

  it('the events come in order, end with the process, and resume behind Last-Event-ID', async () => {
    const id = await create()
    const text = await (await get(`/request/${id}/events`)).text()
    const events = text
      .trim()
      .split('\n\n')
      .filter((event) => !event.startsWith(':'))
    expect(events.map((event) => /^id: (\d+)$/m.exec(event)?.[1])).toEqual(events.map((_, i) => String(i + 1)))
    expect(events[0]).toContain('"status":"PENDING"')
    expect(events.at(-1)).toMatch(/^event: process\n.*"finished":1,.*"status":"FINISHED"/s)
    const rest = await (await get(`/request/${id}/events`, { 'Last-Event-ID': String(events.length - 1) })).text()
    expect(rest.trim()).toBe(events.at(-1))
    expect((await get(`/request/${id}/events`, { 'Last-Event-ID': String(events.length) })).status).toBe(204)
  })

  it('DELETE cancels what goes on and leaves alone what has ended', async () => {
    const id = await create({ jobs: Array.from({ length: 60 }, (_, i) => ({ destination: `/cancel/${i}.webp` })) })
    const cancelled = await remove(`/request/${id}`)
    expect([cancelled.status, await cancelled.json()]).toEqual([200, { status: 'FAILED', updated_at: expect.any(String) }])
    expect(await details(id)).toMatchObject({ error: { code: 'cancelled' } })
    const done = await create()
    await ended(done)
    await remove(`/request/${done}`)
    expect((await details(done)).status).toBe('FINISHED')
    expect((await remove(`/request/${'B'.repeat(21)}`)).status).toBe(404)
  })

  it('the list pages from the newest to the oldest without a gap', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push(await create())
    // Rules and other files of tests may have begun processes meanwhile: they stand between.
    const seen: { process_id: string; created_at: string }[] = []
    const isMissing = (id: string): boolean => !seen.some((item) => item.process_id === id)
    for (let cursor: string | null = ''; cursor !== null && ids.some(isMissing);) {
      const page = (await (await get(`/request?limit=2${cursor && `&cursor=${cursor}`}`)).json()) as {
        items: typeof seen
        cursor: string | null
      }
      seen.push(...page.items)
      cursor = page.cursor
    }
    expect(ids.filter(isMissing)).toEqual([])
    expect(new Set(seen.map((item) => item.process_id)).size).toBe(seen.length)
    const times = seen.map((item) => item.created_at)
    expect(times).toEqual(times.toSorted().toReversed())
    expect((await get('/request?limit=0')).status).toBe(400)
    expect((await get('/request?cursor=x')).status).toBe(400)
    expect((await get('/request?service_id=2')).status).toBe(403)
    const failed = (await (await get('/request?status=FAILED&limit=200')).json()) as { items: { status: string }[] }
    expect(new Set(failed.items.map(({ status }) => status))).toEqual(new Set(['FAILED']))
  })
})
