import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AppError, ERROR_CODES, type ErrorCode } from '../../src/errors.ts'
import { createDialect } from '../../src/http/dialect.ts'
import { renderError as batch } from '../../src/http/dialects/batch/render-error.ts'
import { renderError as bytescale } from '../../src/http/dialects/bytescale/render-error.ts'
import { DOORS } from '../../src/http/dialects/frameworks/doors.ts'
import { renderError as iiif } from '../../src/http/dialects/iiif/render-error.ts'
import { renderError as filestack } from '../../src/http/dialects/filestack/render-error.ts'

const DIALECTS = [
  ['bytescale', bytescale],
  ['batch', batch],
  ['filestack', filestack],
  ['iiif', iiif],
  ...DOORS.map(({ name, renderError }) => [name, renderError] as const),
] as const
/** Where a protocol prescribes the words (docs/protocols/batch.md §1, §1.2). */
const FIXED_WORDS: Readonly<Record<string, Partial<Record<ErrorCode, string>>>> = {
  batch: { unauthorized: 'Invalid Secret', job_not_found: 'Process not found' },
}
/** Whose errors are a line of text. */
const TEXTS: readonly string[] = ['vercel', 'next', 'netlify', 'cloudflare']
const POLICY = { notFoundTtlSeconds: 60 }

// What the service logs of these errors is not for the test's reader.
beforeAll(() => void vi.spyOn(console, 'error').mockReturnValue(undefined))
afterAll(() => vi.restoreAllMocks())

describe.each(DIALECTS)('%s errors', (name, render) => {
  it.each(ERROR_CODES)('%s: status, retry headers, and nothing internal', async (code) => {
    const app = createDialect(render, POLICY).get('/', () => {
      throw new AppError(code, { detail: 'SECRET', cause: new Error('SECRET'), field: 'f' })
    })
    const { fault } = new AppError(code)
    const response = await app.request('/')
    const body = await response.text()
    expect(response.status).toBe(fault.status)
    expect(response.headers.get('Retry-After') !== null).toBe(fault.retry)
    expect(response.headers.get('Cache-Control')).toMatch(fault.status >= 500 || fault.status === 429 ? /no-store|no-cache/ : /./)
    expect(response.headers.get('Content-Type')).toContain(TEXTS.includes(name) ? 'text/plain' : 'application/json')
    expect(body).not.toContain('SECRET')
    expect(body).toContain(FIXED_WORDS[name]?.[code] ?? fault.text)
  })

  it('hides what we did not throw ourselves', async () => {
    const app = createDialect(render, POLICY).get('/', () => {
      throw new Error('SECRET')
    })
    const response = await app.request('/')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('SECRET')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })

  it('says what was expected and what was received', async () => {
    const app = createDialect(render, POLICY).get('/', () => {
      throw new AppError('invalid_parameter', { field: 'w', reason: 'Expected an integer, received "x".' })
    })
    expect(await (await app.request('/')).text()).toMatch(/Expected an integer, received \\?"x\\?"\./)
  })
})

it('the Bytescale shape is what its SDK reads: a string code and a message', () => {
  const { error } = bytescale(new AppError('file_not_found', { field: '/a.jpg' })) as { error: Record<string, unknown> }
  expect(error).toEqual({
    code: 'file_not_found',
    message: 'The file does not exist.',
    details: { field: '/a.jpg' },
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  })
})

it('the Filestack shape is that of its API host: the status as a number, and a message', () => {
  expect(filestack(new AppError('forbidden', { field: 'policy', reason: 'Policy required.' }))).toEqual({
    result: 'error',
    error: { code: 403, msg: 'The credentials do not permit this. Policy required. Field: policy.' },
  })
})
