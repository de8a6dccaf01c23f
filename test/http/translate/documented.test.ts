import { describe, expect, it } from 'vitest'
import { canonical, project } from '../../../src/image/plan.ts'
import { SERVICE_NAMES, type ServiceName, translate, type Translation } from '../../../src/http/translate/translate.ts'
import { IDLE } from './documented/idle.ts'
import { changedEach, joined, withoutEach } from './documented/pieces.ts'
import type { Seen } from './documented/seen.ts'
import { sizeOf } from './documented/sizes.ts'
import * as table from './documented/table.ts'

const URLS: Readonly<Record<ServiceName, readonly Seen[]>> = table
const ROWS = SERVICE_NAMES.flatMap((service) => URLS[service].map((row) => ({ service, ...row })))
const isPage = ({ page }: Seen): boolean => page.startsWith('https://')

const translated = (url: string, service: ServiceName): Translation => translate(url, { account: 'Emu1s1n', service })

/** Everything that is told but the path of the file. */
const said = (url: string, service: ServiceName): string => {
  const { plan, url: ours, job, lost, differs, withoutEffect } = translated(url, service)
  return JSON.stringify([canonical(plan), ours?.split('?')[1], job, lost, differs, withoutEffect])
}

/** Of who may see a picture until when, not of the picture: a key of the account makes them anew. */
const RIGHTS: Readonly<Partial<Record<ServiceName, readonly string[]>>> = { imgix: ['s'], imagekit: ['ik-s', 'ik-t'], imgproxy: ['exp'] }

describe('URLs of the pages of other services', () => {
  it('are at least 300 with the address of their page, 20 of each service', () => {
    expect(ROWS.filter(isPage).length).toBeGreaterThanOrEqual(300)
    for (const service of SERVICE_NAMES) expect(URLS[service].filter(isPage).length, service).toBeGreaterThanOrEqual(20)
    expect(new Set(ROWS.map(({ url }) => url)).size).toBe(ROWS.length)
  })

  it('are told apart', () => {
    for (const { url, service } of ROWS) expect(translate(url, { account: 'Emu1s1n' }).service, url).toBe(service)
  })

  it('are translated, nine tenths of them without the loss of a parameter', () => {
    const lossy = ROWS.filter(({ url, service }) => {
      const { lost, url: ours, job } = translated(url, service)
      return (ours ?? job) === null || lost.some(({ parameter }) => !RIGHTS[service]?.includes(parameter))
    })
    expect(lossy.length / ROWS.length, lossy.map(({ url }) => url).join('\n')).toBeLessThanOrEqual(0.1)
    expect(lossy.filter(isPage).length / ROWS.filter(isPage).length).toBeLessThanOrEqual(0.1)
  })
})

describe('nothing is lost silently', () => {
  it('a URL without one of its parameters, or with another value of it, says something else', () => {
    let count = 0
    for (const { url, service } of ROWS) {
      const whole = said(url, service)
      for (const mutant of [...withoutEach(service, url), ...changedEach(service, url)]) {
        count++
        expect(said(mutant.url, service) === whole, `${url}: ${mutant.piece} → ${mutant.url}`).toBe(false)
      }
    }
    expect(count).toBeGreaterThan(900)
  })

  it('neither where the parameters of two URLs stand in one', () => {
    let count = 0
    for (const service of SERVICE_NAMES) {
      const rows = URLS[service]
      for (const [i, { url }] of rows.entries()) {
        const both = joined(service, url, rows[(i + 7) % rows.length]?.url ?? '')
        if (both === null) continue
        const whole = said(both, service)
        for (const mutant of [...withoutEach(service, both), ...changedEach(service, both)]) {
          count++
          expect(said(mutant.url, service) === whole, `${both}: ${mutant.piece} → ${mutant.url}`).toBe(false)
        }
      }
    }
    expect(count).toBeGreaterThan(2000)
  })
})

describe('what is said to have no effect', () => {
  it.each(SERVICE_NAMES)('%s: is what was gone through by hand', (service) => {
    const found = URLS[service].flatMap(({ url }) => translated(url, service).withoutEffect)
    expect([...new Set(found.map(({ parameter, value }) => `${parameter}=${value}`))].toSorted()).toEqual(IDLE[service].toSorted())
  })
})

describe('the size of a picture of 4000×3000', () => {
  const LIMITS = { maxSteps: 100, maxPixels: 2 ** 40, maxSide: 100_000 }
  const SOURCE = { width: 4000, height: 3000 }
  const rows = ROWS.map((row) => ({ ...row, size: sizeOf(row.service, row.url) }))

  it.each(SERVICE_NAMES)('%s: is what the pages say', (service) => {
    for (const { url, size } of rows.filter((row) => row.service === service)) {
      if (size === null) continue
      const { width, height } = project(translated(url, service).plan, SOURCE, LIMITS).at(-1) ?? SOURCE
      // A pixel of rounding.
      expect(
        Math.max(Math.abs(width - size[0]), Math.abs(height - size[1])),
        `${url}: ${width}×${height}, not ${size.join('×')}`,
      ).toBeLessThanOrEqual(1)
    }
  })

  it('is known for nine tenths of them', () => expect(rows.filter(({ size }) => size === null).length / rows.length).toBeLessThan(0.1))
})
