import { beforeAll, describe, expect, inject, it } from 'vitest'
import { logo, markedCorner, patch, PATCH_PLACE, SECRET_AREA, secretPicture, withThumbnail } from './support/marked.ts'
import { ownedService, type Send } from '../support/owned-service.ts'
import { decodePixels } from '../support/pixels.ts'
import { type FuzzedRequest, fuzzRequest, type Names, randomFrom } from './support/fuzz-urls.ts'

const ACCOUNT = 'W142hJf'
const VARIABLES = {
  KEY: 'secret_W142hJfTestTestTestTestTest1',
  PUBLIC: 'public_W142hJfTestTestTestTestTest1',
  APP: 'AppFuzzedTestTestTest1',
  SECRET: 'SECRETOFTHEAPP0000003',
}
const HIDE = { op: 'partialPixelate', params: { areas: [SECRET_AREA], softness: 0, size: 16 } } as const
const percent = (share: number, of: 'width' | 'height') => ({ percent: share, of })
/** The same area, in percent of the picture. */
const REDACT = {
  op: 'redact',
  params: { areas: [{ x: percent(25, 'width'), y: percent(25, 'height'), width: percent(50, 'width'), height: percent(50, 'height') }] },
} as const
const COVER = { op: 'composite', params: { path: '/brand/patch.bmp', position: 'top-left', ...PATCH_PLACE } } as const
const MARK = {
  op: 'composite',
  params: { path: '/brand/logo.bmp', position: 'bottom-right', width: { percent: 50, of: 'width' } },
} as const

const RULES = [
  { folder: '/pixelated', before: [HIDE] },
  { folder: '/covered', before: [COVER] },
  { folder: '/marked', before: [HIDE], after: [MARK] },
  { folder: '/redacted', before: [REDACT] },
]
const service = (rules: typeof RULES): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'KEY' } },
            { id: 'open', kind: 'public', key: { env: 'PUBLIC' }, destination: { folderPath: '/out' } },
          ],
          presets: { small: 'w=48' },
          rules,
        },
      ],
      filestackApps: [
        {
          key: { env: 'APP' },
          secrets: [{ env: 'SECRET' }],
          account: ACCOUNT,
          containers: ['out', 'pixelated', 'covered', 'marked', 'free'].map((name) => ({ name, folder: `/${name}` })),
        },
      ],
    },
    VARIABLES,
  )

const [ruled, free] = [service(RULES), service([])]
const owner = { Authorization: `Bearer ${VARIABLES.KEY}` }
/** The same names for two secrets. */
let kinds: readonly [Names, Names]

async function put(path: string, body: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const answer = await free(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${path}`, { method: 'POST', headers: owner, body })
  expect(answer.status).toBe(200)
  return path
}

async function store(container: string, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const answer = await free(`/api/store/S3?key=${VARIABLES.APP}&container=${container}`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'image/bmp' },
  })
  return ((await answer.json()) as { url: string }).url.split('/').at(-1) ?? ''
}

async function converted(path: string, query: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await free(`/${ACCOUNT}/image${path}?${query}`, { headers: owner })).arrayBuffer())
}

/** Files that differ in nothing but what their rules hide. */
async function filesOf(kind: 'a' | 'b'): Promise<Names> {
  const picture = secretPicture(kind)
  const plain = await put(`/plain/${kind}.bmp`, picture)
  const [png, webp] = [await converted(plain, 'f=png'), await converted(plain, 'f=webp&lossless=true')]
  const jpeg = withThumbnail(await converted(plain, 'f=jpg&q=95'), await converted(plain, 'f=jpg&w=48'))
  const hidden = [
    await put(`/pixelated/${kind}.bmp`, picture),
    await put(`/pixelated/${kind}.png`, png),
    await put(`/pixelated/deep/${kind}.webp`, webp),
    await put(`/covered/${kind}.jpg`, jpeg),
    await put(`/redacted/${kind}.bmp`, picture),
    await put(`/redacted/${kind}.webp`, webp),
  ]
  const marked = [await put(`/marked/${kind}.bmp`, picture), await put(`/marked/${kind}.png`, png)]
  const crop = await put(`/plain/${kind}.crop`, JSON.stringify({ inputPath: hidden[0], pipeline: { steps: [] } }))
  const freePath = await put(`/plain/${kind}-free.bmp`, patch())
  const handles = { hidden: await store('pixelated', picture), marked: await store('marked', picture), free: await store('free', patch()) }
  return { account: ACCOUNT, app: VARIABLES.APP, publicKey: VARIABLES.PUBLIC, hidden, marked, crop, free: freePath, handles }
}

beforeAll(async () => {
  await put('/brand/logo.bmp', logo())
  await put('/brand/patch.bmp', patch())
  kinds = [await filesOf('a'), await filesOf('b')]
})

/** What an answer shows: the bytes of a picture, of that which was stored, or what is told of it. `null`: nothing. */
async function shownBy(send: Send, { path, method, headers, body, dialect }: FuzzedRequest): Promise<Response | null> {
  const answer = await send(path, { method, headers, ...(body !== undefined && { body }) })
  if (!answer.ok || method === 'HEAD') return null
  if (answer.headers.get('Content-Type')?.startsWith('image/')) return answer
  // The file with a crop, which names its picture.
  if (dialect === 'raw') return null
  if (answer.status === 206) return answer
  const told = (await answer.json()) as Record<string, unknown>
  const stored = told['filePath']
  const handle = told['handle'] ?? (typeof told['url'] === 'string' ? told['url'].split('/').at(-1) : undefined)
  if (dialect === 'save' && typeof stored === 'string') return send(`/${ACCOUNT}/raw${stored}`, { headers: owner })
  if (dialect === 'copy') throw new Error('A copy was made.')
  if (typeof handle === 'string' && (dialect === 'store' || dialect === 'process')) return send(`/api/file/${handle}`)
  // How many bytes a file has, and what it is called, is no secret.
  const facts = Object.entries(told).filter(
    ([name]) => !['bytes', 'size', 'filename', 'path', 'key', 'uploaded', 'handle', 'url', 'id'].includes(name),
  )
  return new Response(JSON.stringify(facts), { headers: { 'Content-Type': 'application/json' } })
}

interface Outcome {
  readonly kind: 'nothing' | 'picture' | 'facts'
  readonly dialect: FuzzedRequest['dialect']
  /** What is wrong with it. */
  readonly leak: string | null
}

const tryOne = (send: Send, seed: number): Promise<Outcome> =>
  compare(send, seed).catch((thrown: unknown) => ({ kind: 'nothing', dialect: 'image', leak: `seed ${seed}: ${String(thrown)}` }))

async function compare(send: Send, seed: number): Promise<Outcome> {
  const draw = fuzzRequest(randomFrom(seed))
  const [request, other] = [draw(kinds[0]), draw(kinds[1])]
  const { dialect } = request
  const [one, two] = [await shownBy(send, request), await shownBy(send, other)]
  if (!one && !two) return { kind: 'nothing', dialect, leak: null }
  const kind = one?.headers.get('Content-Type')?.startsWith('image/') ? 'picture' : 'facts'
  const where = `seed ${seed}: ${request.method} ${request.path}`
  if (!one || !two) return { kind, dialect, leak: `${where}: one secret is shown, and the other is not` }
  const [bytes, others] = [new Uint8Array(await one.clone().arrayBuffer()), new Uint8Array(await two.arrayBuffer())]
  const isEqual = bytes.length === others.length && bytes.every((byte, i) => byte === others[i])
  if (!isEqual) return { kind, dialect, leak: `${where}: it depends on the secret` }
  const isWhole = one.status === 200 && kind === 'picture' && /jpeg|png|webp/.test(one.headers.get('Content-Type') ?? '')
  if (request.isMarked && isWhole && !markedCorner(await decodePixels(one))) return { kind, dialect, leak: `${where}: no watermark` }
  return { kind, dialect, leak: null }
}

describe('fuzzed URLs of all dialects', () => {
  it(`show nothing without its rule (${inject('fuzzedUrls')} URLs)`, async () => {
    const first = inject('fuzzSeed')
    const outcomes: Outcome[] = []
    for (let i = 0; i < inject('fuzzedUrls'); i++) {
      const outcome = await tryOne(ruled, first + i)
      outcomes.push(outcome)
      if (outcome.leak !== null) console.log(outcome.leak)
      if ((i + 1) % 500 === 0) console.log(`${i + 1} URLs, ${outcomes.filter(({ leak }) => leak !== null).length} leaks`)
    }
    const counts = Object.entries(Object.groupBy(outcomes, ({ dialect, kind }) => `${dialect} ${kind}`)).map(
      ([name, of]) => `${name} ${of?.length}`,
    )
    console.log(`${outcomes.length} URLs: ${counts.toSorted().join(', ')}`)
    expect(outcomes.flatMap(({ leak }) => leak ?? [])).toEqual([])
    // It looks at something.
    expect(outcomes.filter(({ kind }) => kind !== 'nothing').length).toBeGreaterThan(outcomes.length / 3)
  }, 3_600_000)

  it('show it where there are no rules: the test would see it', async () => {
    const outcomes: Outcome[] = []
    for (let i = 0; i < 10; i++) outcomes.push(await tryOne(free, 7000 + i))
    expect(outcomes.filter(({ leak }) => leak !== null).length).toBeGreaterThan(3)
  })
})
