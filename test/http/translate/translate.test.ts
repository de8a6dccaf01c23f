import { describe, expect, it } from 'vitest'
import { parseTransformations } from '../../../src/http/dialects/batch/transformations.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { type ServiceName, SERVICE_NAMES, translate, type Translation } from '../../../src/http/translate/translate.ts'
import { canonical } from '../../../src/image/plan.ts'
import type { Made } from './urls/made.ts'
import * as made from './urls/table.ts'

const URLS: Readonly<Record<ServiceName, Made>> = made
const ROWS = SERVICE_NAMES.flatMap((service) => URLS[service].rows.map(([url, ours, idle = []]) => ({ service, url, ours, idle })))

const translated = (url: string, service?: ServiceName): Translation => translate(url, { account: 'Emu1s1n', service })
const queryOf = ({ url }: Translation): string => url?.split('?')[1] ?? ''
const saidOf = ({ plan, url, job, lost, differs }: Translation): string => JSON.stringify([canonical(plan), url, job, lost, differs])

// URLs that were made for these tests, of parameters and values that the services document; those of their pages are in documented.test.ts.
describe('URLs of documented parameters', () => {
  it.each(ROWS)('$url', ({ service, url, ours }) => {
    const translation = translated(url)
    expect(translation.service).toBe(service)
    expect(translated(url, service)).toEqual(translation)
    if (ours !== undefined) expect(translation.url === null ? null : decodeURIComponent(queryOf(translation))).toBe(ours)
  })

  it('have the plan that their words here give', () => {
    for (const { url } of ROWS) {
      const { plan, job, ...translation } = translated(url)
      if (translation.url !== null) {
        const query = new URLSearchParams(translation.url.split('?')[1])
        expect(canonical(parseImageQuery([...query]).plan), url).toBe(canonical(plan))
      } else if (job) expect(canonical(parseTransformations(job, 'job')), url).toBe(canonical(plan))
    }
  })

  it('are done without a loss, nine tenths of them', () => {
    const lossy = ROWS.filter(({ url }) => {
      const translation = translated(url)
      return translation.lost.length > 0 || (translation.url ?? translation.job) === null
    })
    expect(lossy.length / ROWS.length, lossy.map(({ url }) => url).join('\n')).toBeLessThanOrEqual(0.1)
  })

  it('lose nothing silently: without any one of its parameters a URL says something else', () => {
    for (const { service, url, idle } of ROWS) {
      const whole = translated(url)
      for (const mutant of URLS[service].mutants(url))
        expect(saidOf(translated(mutant.url, service)) === saidOf(whole), `${url} without ${mutant.removed}`).toBe(
          idle.includes(mutant.removed),
        )
    }
  })

  it('name the parameters that have no effect', () => {
    for (const { url, idle } of ROWS) expect(translated(url).withoutEffect.length, url).toBe(idle.length)
  })
})

describe('what is refused', () => {
  const refusal = (url: string, service?: ServiceName): unknown => {
    try {
      return translated(url, service)
    } catch (thrown) {
      return thrown
    }
  }
  it.each([
    ['no address', '/a/b.jpg'],
    ['another scheme', 'file:///etc/passwd'],
    ['a service that is not known', 'https://example.com/a.jpg?w=1'],
    ['more than 8,192 characters', `https://a.imgix.net/b.jpg?w=${'1'.repeat(8192)}`],
    ['more than 100 parameters', `https://a.imgix.net/b.jpg?${Array.from({ length: 101 }, (_, i) => `p${i}=1`).join('&')}`],
  ])('%s', (_name, url) => expect(refusal(url)).toMatchObject({ code: 'invalid_parameter', field: 'url' }))
  it('a path that no file can have', () => {
    expect(refusal('https://a.imgix.net/%00.jpg')).toMatchObject({ code: 'invalid_path', field: 'url' })
    expect(refusal('https://a.imgix.net/%ff.jpg')).toMatchObject({ code: 'invalid_path', field: 'url' })
  })
  it.each([
    'https://example.com/_ipx/w_%ff/a.jpg',
    'https://example.com/cdn-cgi/image/width=%zz/a.jpg',
    'https://res.cloudinary.com/demo/image/upload/w_%ff/a.jpg',
    'https://ik.imagekit.io/demo/tr:w-%ff/a.jpg',
    'https://a.imgix.net/https%3A%2F%2Fexample.com%2F%ff.jpg',
  ])('an encoding that is broken: %s', (url) => expect(refusal(url)).toMatchObject({ code: 'invalid_path', field: 'url' }))
  it('another shape than that of the named service', () =>
    expect(refusal('https://example.com/a.jpg', 'cloudflare')).toMatchObject({ code: 'invalid_parameter', field: 'url' }))
})
