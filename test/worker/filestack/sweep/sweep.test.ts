import { beforeAll, describe, expect, it } from 'vitest'
import { request } from '../../support/client.ts'
import { OPEN } from '../../support/filestack.ts'
import { judge } from './answer.ts'
import { BAD_CREDENTIALS, BAD_HANDLES, BAD_JSON, BAD_MEMBERS, BAD_TEXTS } from './bad-values.ts'
import { type Call, CALLS, FILE_CALLS, JSON_CALLS, STORE_CALLS } from './routes.ts'
import { type Change, putPicture, send as sendAbout } from './send.ts'

let handle = ''
beforeAll(async () => void (handle = await putPicture()))
const send = (call: Call, change: Change = {}): Promise<string> => sendAbout(call, handle, change)

const named = (calls: readonly Call[]): [string, Call][] => calls.map((call) => [`${call.method} ${call.name}`, call])
const REFUSED = /^4\d\d/

describe('as they should be, the calls reach their routes', () => {
  it.each(named(FILE_CALLS))('%s', async (_, call) => {
    handle = await putPicture() // some remove it
    expect(await send(call)).toBe('200')
    handle = await putPicture()
  })
  it.each(named(STORE_CALLS))('%s', async (_, call) => expect(await send(call)).toBe('200'))
  it.each(named(JSON_CALLS))('%s', async (name, call) =>
    // What they name is not there: everything before that is right.
    expect(await send(call)).toMatch(/start|prefetch/.test(name) ? /^200/ : /^404 /),
  )
})

describe('handles that are none', () => {
  it.each(named(FILE_CALLS))('%s', async (_, call) => {
    // Alone at the root, what does not look like a handle is nobody's path.
    const isAlone = call.path.startsWith('/{h}')
    for (const [what, bad] of Object.entries(BAD_HANDLES).filter(([, bad]) => !isAlone || /^Z{20}$/.test(bad)))
      expect(await sendAbout(call, bad), what).toMatch(/^40[014]/)
  })
})

describe('credentials that allow nothing', () => {
  it.each(named([...FILE_CALLS, ...STORE_CALLS]))('%s', async (_, call) => {
    for (const [what, bad] of Object.entries(BAD_CREDENTIALS))
      expect(await send(call, { query: { ...call.query, ...bad } }), what).toMatch(/^40[03]/)
  })
  it.each(named([...FILE_CALLS, ...STORE_CALLS]))('%s by Basic', async (_, call) => {
    for (const basic of ['***', btoa('app:'), btoa('app'), btoa(`root:${OPEN.secret}`), btoa(`app:${OPEN.secret}\0`), 'a'.repeat(9000)])
      expect(await send(call, { headers: { Authorization: `Basic ${basic}` } }), basic).toMatch(/^403/)
  })
  it.each(named(JSON_CALLS.filter(({ name }) => !['process', 'prefetch'].includes(name))))('%s', async (_, call) => {
    for (const [what, bad] of Object.entries(BAD_CREDENTIALS))
      expect(await send(call, { body: { ...(call.body as object), ...bad } }), what).toMatch(/^40[03]/)
  })
})

describe('parameters that are not known, or come twice', () => {
  it.each(named([...FILE_CALLS, ...STORE_CALLS]))('%s', async (_, call) => {
    for (const name of ['colour', '__proto__', 'constructor', 'a\0', 'x'.repeat(5000)])
      expect(await send(call, { query: { ...call.query, [name]: '1' } }), name).toMatch(/^400/)
  })
  it.each(named(JSON_CALLS))('%s', async (_, call) => {
    expect(await send(call, { body: { ...(call.body as object), colour: 1 } })).toMatch(/^400 .*colour/)
  })
})

describe('values that are none', () => {
  it.each(named([...FILE_CALLS, ...STORE_CALLS].filter(({ method }) => method !== 'DELETE')))('%s', async (_, call) => {
    if (call.name === 'remove') return
    for (const name of Object.keys(call.query))
      for (const [what, bad] of Object.entries(BAD_TEXTS)) {
        const answer = await send(call, { query: { ...call.query, [name]: bad } })
        const isFlag = /^(true|false)$/.test(call.query[name] ?? '')
        if (isFlag || ['policy', 'signature', 'container', 'access'].includes(name)) {
          const isLeftOut = bad === '' && name === 'container'
          expect(answer, `${name}: ${what}`).toMatch(isLeftOut ? /^200/ : REFUSED)
        }
      }
  })
  it.each(named(JSON_CALLS))('%s', async (_, call) => {
    for (const [where, change] of membersOf(call.body as object))
      for (const [what, bad] of Object.entries(BAD_MEMBERS)) {
        const answer = await send(call, { body: change(bad) })
        const isWrong = typeof bad === 'object' && bad !== null && !/headers|params|store$|parts$|permissions|settings/.test(where)
        if (isWrong) expect(answer, `${where}: ${what}`).toMatch(/^400/)
      }
  })
})

/** Every member of a body at any depth, and the body with another value there. */
function membersOf(json: object): readonly (readonly [string, (value: unknown) => object])[] {
  return Object.entries(json).flatMap(([name, inner]) => {
    const put = (value: unknown): object =>
      Array.isArray(json) ? json.map((each, i) => (String(i) === name ? value : each)) : { ...json, [name]: value }
    const below = typeof inner === 'object' && inner !== null ? membersOf(inner) : []
    return [[name, put] as const, ...below.map(([deep, change]) => [`${name}.${deep}`, (value: unknown) => put(change(value))] as const)]
  })
}

describe('bodies that are none', () => {
  it.each(named(JSON_CALLS))('%s', async (_, call) => {
    for (const [what, body] of Object.entries(BAD_JSON)) expect(await send(call, { body }), what).toMatch(/^4(00|01|13)/)
  })
  it.each(named(STORE_CALLS))('%s', async (_, call) => {
    const { policy = '', signature = '', key = '' } = call.query
    const query = { key, policy, signature }
    for (const [what, body, type] of [
      ['a form without a boundary', 'a', 'multipart/form-data'],
      [
        'a form that breaks off',
        '--a\r\nContent-Disposition: form-data; name="fileUpload"; filename="a"\r\n\r\nabc',
        'multipart/form-data; boundary=a',
      ],
      ['a form with a NUL', '--a\r\nContent-Disposition: form-data; name="\0"\r\n\r\nabc\r\n--a--', 'multipart/form-data; boundary=a'],
      ['a form without a file', '--a\r\nContent-Disposition: form-data; name="x"\r\n\r\nabc\r\n--a--', 'multipart/form-data; boundary=a'],
      ['a URL that is none', 'url=%00', 'application/x-www-form-urlencoded'],
      ['a URL inside', 'url=http://169.254.169.254/latest/meta-data/', 'application/x-www-form-urlencoded'],
      ['a URL as a number', '{"url":1}', 'application/json'],
      ['a URL with an option that is not known', '{"url":"https://a.example.org/","__proto__":1}', 'application/json'],
    ] as const)
      expect(await send(call, { query, body, headers: { 'Content-Type': type } }), what).toMatch(/^400/)
    expect(await send(call, { query: { ...query, base64decode: 'true' }, body: '***' })).toMatch(/^400/)
  })
})

describe('methods that a path does not have', () => {
  it.each(named(CALLS))('%s', async (_, call) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'].filter((each) => !call.methods.includes(each)))
      expect(await send({ ...call, methods: [], method: method as 'GET' }), method).toMatch(/^405/)
  })
})

describe('locations that are not configured', () => {
  it.each(['azure', 'gcs', 'rackspace', 'dropbox', 'ftp', '%00', '%ff', 'x'.repeat(3000)])('%s', async (location) => {
    const file = { method: 'POST', body: 'abc', headers: { 'Content-Type': 'text/plain' } }
    for (const path of ['/api/store', '/store'])
      expect(await judge(await request(`${path}/${location}?key=${OPEN.key}`, file), 'api')).toMatch(/^400 /)
    const [start, process] = [JSON_CALLS.find(({ name }) => name === 'start'), JSON_CALLS.find(({ name }) => name === 'process')]
    if (!start || !process) throw new Error('The calls are gone')
    expect(await send(start, { body: { ...(start.body as object), store: { location } } })).toMatch(/^400 /)
    expect(
      await send(process, { body: { apikey: OPEN.key, sources: [handle], tasks: [{ name: 'store', params: { location } }] } }),
    ).toMatch(/^400 /)
    expect(await judge(await request(`/${OPEN.key}/store=location:${location}/${handle}`), 'processing')).toMatch(/^400 /)
  })
})
