import { afterEach, expect, it, vi } from 'vitest'
import definition from '../../../emulsion.config.ts'
import { ACCOUNT, picture, upload } from '../support/client.ts'
import { ownedService } from '../support/owned-service.ts'
import { breakCore, mendCore } from '../support/trapping-core.ts'

const second = ownedService(definition, { EMULSION_ENGINE: 'second' })
const automatic = ownedService(definition)

it.each(['photo.jpg', 'photo.png'] as const)(
  'a forced second engine shows %s, says so from every tier, and keeps its results apart',
  async (name) => {
    const mime = name.endsWith('png') ? 'image/png' : 'image/jpeg'
    const path = await upload(`/second/${name}`, picture(name), { 'Content-Type': mime })
    for (const format of ['jpg', 'png', 'webp']) {
      const url = `/${ACCOUNT}/image${path}?w=48&f=${format}`
      for (const tier of ['miss', 'edge']) {
        const answer = await second(url)
        expect([answer.status, answer.headers.get('Emulsion-Cache'), answer.headers.get('Emulsion-Engine')], format).toEqual([
          200,
          tier,
          'second',
        ])
      }
      const own = await automatic(url)
      expect([own.status, own.headers.get('Emulsion-Cache'), own.headers.get('Emulsion-Engine')], format).toEqual([200, 'miss', null])
    }
  },
)

it('another name of an engine is refused at the start', () => {
  expect(() => ownedService(definition, { EMULSION_ENGINE: 'third' })).toThrow(/EMULSION_ENGINE/)
})

afterEach(() => {
  mendCore()
  vi.restoreAllMocks()
})

it('where the core traps, the answer, a metric and a line of the log with the hash of the file say so', async () => {
  const file = picture('photo.jpg')
  const path = await upload('/second/trap.jpg', file, { 'Content-Type': 'image/jpeg' })
  breakCore()
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const send = ownedService(definition)
  const answer = await send(`/${ACCOUNT}/image${path}?w=50&f=png&v=1`)
  expect([answer.status, answer.headers.get('Emulsion-Engine')]).toEqual([200, 'second'])
  expect(answer.headers.get('ETag')).toMatch(/-second"$/)
  expect(answer.headers.get('Cache-Control')).toContain('max-age=3600')
  expect(await (await send('/-/metrics')).text()).toContain('emulsion_second_opinions_total{outcome="ok"} 1')
  const digest = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', file)), (byte) => byte.toString(16).padStart(2, '0'))
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>)
  expect(lines).toMatchObject([
    {
      level: 'error',
      message: 'the pixel engine failed',
      account: ACCOUNT,
      path,
      sha256: digest.join(''),
      outcome: 'ok',
      fault: expect.stringContaining('unreachable'),
    },
  ])
})
