import { beforeAll, describe, expect, it } from 'vitest'
import { type Mutation, mutations, type Signing } from '../../support/wishes/mutations.ts'
import { signedUrl } from '../../support/wishes/signing.ts'
import { ACCOUNT, ORIGIN, picture, PUBLIC_KEY, SECRET_KEY, upload } from '../support/client.ts'
import { basic, OPEN, SECURED, store } from '../support/filestack.ts'
import { ownedService, type Send } from '../support/owned-service.ts'

const MAIN = { id: 'main', secret: btoa('0123456789abcdef0123456789abcdef') }
const TEAM = { id: 'team', secret: btoa('fedcba9876543210fedcba9876543210') }
const KEYS = {
  TEAM_KEY: 'secret_Emu1s1nTestTestTestTestTest3',
  OTHER_KEY: 'secret_W142hJkTestTestTestTestTest5',
  MAIN_URL_KEY: MAIN.secret,
  TEAM_URL_KEY: TEAM.secret,
}
/** Five rounds of 42 kinds. */
const [ROUNDS, SEED] = [5, 16]

const service = (): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'EMULSION_SECRET_KEY' }, secureUrlKey: { env: 'MAIN_URL_KEY' } },
            { id: 'team', kind: 'secret', key: { env: 'TEAM_KEY' }, folder: '/team', secureUrlKey: { env: 'TEAM_URL_KEY' } },
            { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
          ],
        },
        { id: 'W142hJk', keys: [{ id: 'other', kind: 'secret', key: { env: 'OTHER_KEY' } }] },
      ],
      filestackApps: [
        {
          key: { env: 'EMULSION_FILESTACK_SECURED_KEY' },
          secrets: [{ env: 'EMULSION_FILESTACK_SECURED_SECRET' }],
          security: 'required',
          containers: [{ name: 'default', folder: '/filestack-secured/default' }],
        },
        {
          key: { env: 'EMULSION_FILESTACK_KEY' },
          secrets: [{ env: 'EMULSION_FILESTACK_SECRET' }],
          containers: [{ name: 'default', folder: '/filestack/default' }],
        },
      ],
    },
    KEYS,
  )

interface Told {
  readonly key?: string
  readonly signature?: {
    readonly verdict: string
    readonly cause: string | null
    readonly expected: string | null
    readonly signedText: string | null
    readonly difference: { readonly at: number } | null
    readonly clock: { readonly state: string; readonly milliseconds: number } | null
  }
}

const HOST = new URL(ORIGIN).host
const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const asked = { 'Emulsion-Explain': 'true' }

let signing: Signing
let all: readonly Mutation[]

beforeAll(async () => {
  await upload('/signed/photo.png', picture('photo.png'))
  await upload('/signed/other.png', picture('photo.png'))
  const { handle } = await store(SECURED, picture('photo.png'))
  signing = {
    host: HOST,
    path: `/${ACCOUNT}/image/signed/photo.png`,
    other: `/${ACCOUNT}/image/signed/other.png`,
    main: MAIN,
    team: TEAM,
    handle,
    secret: SECURED.secret,
    otherSecret: OPEN.secret,
    otherKey: OPEN.key,
    now: Math.floor(Date.now() / 1000),
  }
  all = mutations(signing, ROUNDS, SEED)
}, 60_000)

describe('signatures with a flaw', () => {
  it('are at least 200', () => expect(all.length).toBeGreaterThanOrEqual(200))

  it("are explained rightly to a key's holder", async () => {
    const send = service()
    for (const { name, url, verdict, cause, at, expected, signedText, clock } of all) {
      const response = await send(url, { headers: { ...bearer(SECRET_KEY), ...asked } })
      expect([name, response.status]).toEqual([name, 200])
      const { signature } = await response.json<Told>()
      expect([name, signature?.verdict]).toEqual([name, verdict])
      if (cause === null) expect([name, signature?.cause]).toEqual([name, null])
      else if (cause) expect([name, signature?.cause]).toEqual([name, expect.stringMatching(cause)])
      if (at !== undefined) expect([name, signature?.difference?.at]).toEqual([name, at])
      if (expected !== undefined) expect([name, signature?.expected]).toEqual([name, expected])
      if (signedText !== undefined) expect([name, signature?.signedText]).toEqual([name, signedText])
      if (clock) {
        expect([name, signature?.clock?.state]).toEqual([name, clock.state])
        // The test takes some seconds, and a second is rounded.
        expect(Math.abs((signature?.clock?.milliseconds ?? 0) / 1000 - clock.seconds)).toBeLessThan(60)
      }
    }
  })

  it('are explained to nobody else', async () => {
    const send = service()
    const others: readonly (readonly [who: string, headers: Record<string, string>])[] = [
      ['nobody', {}],
      ['a public key', bearer(PUBLIC_KEY)],
      ['a key of another account', bearer(KEYS.OTHER_KEY)],
      ["another app's secret", basic(OPEN.secret)],
    ]
    for (const [i, { name, url }] of all.entries()) {
      const [who, headers] = others[i % others.length] ?? ['', {}]
      const response = await send(url, { headers: { ...headers, ...asked } })
      const told = await response.json<Record<string, unknown>>()
      expect([name, who, [401, 403, 410, 400].includes(response.status)]).toEqual([name, who, true])
      expect([name, Object.keys(told).filter((key) => key !== 'error' && key !== 'result')]).toEqual([name, []])
    }
  })

  it("of another key's folder are not told to a key of one folder", async () => {
    const url = `${HOST}${signing.path}?w=9&exp=${signing.now + 900}`
    const response = await service()(url.slice(HOST.length) + '&sig=1.main.AAAA', { headers: { ...bearer(KEYS.TEAM_KEY), ...asked } })
    const { signature } = await response.json<Told>()
    expect(signature).toMatchObject({ verdict: 'signature differs', signedText: null, expected: null, difference: null })
  })

  it('a signed URL that contains explain=true is explained without a key, and without its signature', async () => {
    const url = signedUrl(`${HOST}${signing.path}?w=9&explain=true&exp=${signing.now + 900}`, MAIN)
    const told = await (await service()(url.slice(HOST.length))).json<Told>()
    expect(told.key).toMatch(/^[0-9a-f]{64}$/)
    expect(told.signature).toBeUndefined()
    const added = signedUrl(`${HOST}${signing.path}?w=9&exp=${signing.now + 900}`, MAIN) + '&explain=true'
    expect((await service()(added.slice(HOST.length))).status).toBe(403)
  })
})
