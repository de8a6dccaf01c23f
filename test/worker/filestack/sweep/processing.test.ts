import { beforeAll, describe, expect, it } from 'vitest'
import { TASKS } from '../../../../src/http/dialects/filestack/processing/tasks.ts'
import { request } from '../../support/client.ts'
import { OPEN } from '../../support/filestack.ts'
import { judge, type Shape } from './answer.ts'
import { BAD_TEXTS } from './bad-values.ts'
import { JSON_CALLS, STORE_CALLS } from './routes.ts'
import { putPicture, send } from './send.ts'

let handle = ''
beforeAll(async () => void (handle = await putPicture()))

describe('processing URLs', () => {
  const get = async (path: string, shape: Shape = 'processing'): Promise<string> => judge(await request(path), shape)
  /** Arguments of all tasks; those that a task does not have are refused as well. */
  const NAMES =
    'width height fit align dim deg background file size position amount tone threshold brightness hue saturation radius blur color blurmode opacity vector rotate spread objects type files margin format quality page value location path container expiry handle policy'.split(
      ' ',
    )

  it.each(Object.keys(TASKS))('%s with bad arguments', async (task) => {
    expect(await get(`/${task}=colours:1/${handle}`)).toMatch(/^400 /)
    for (const name of NAMES)
      for (const [what, bad] of Object.entries(BAD_TEXTS))
        if (what !== 'a huge text' || name === 'width')
          expect(await get(`/${task}=${name}:${encodeURIComponent(bad.toWellFormed())}/${handle}`), `${name}: ${what}`).toMatch(/^\d/)
    for (const bad of ['=', '=,', '=:', '=[', '="', '=width:[[[[[1]]]]]', '=%00', '=%', '=%ff', '=width', '=__proto__:1'])
      expect(await get(`/${task}${bad}/${handle}`), bad).toMatch(/^\d/)
  })
  it.each([
    ['21 tasks', `/${'flip/'.repeat(21)}{h}`],
    ['a task that is none', '/cdn/{key}/shine/{h}'],
    ['a long URL', `/flip/${'a'.repeat(20_000)}`],
    ['tasks that are no JSON', `/b64/${btoa('[{')}/b64://YWJj`],
    ['tasks that are no list', `/b64/${btoa('{}')}/b64://YWJj`],
    ['a deep list of tasks', `/b64/${btoa('['.repeat(2000))}/b64://YWJj`],
    ['tasks that are no base64', '/b64/***/b64://YWJj'],
    ['a source that is no base64', '/flip/b64://***'],
    ['a list as a source', '/{key}/flip/[{h},{h}]'],
    ['an alias', '/{key}/flip/src://shop/a.png'],
    ['an address inside', '/{key}/flip/http://[::1]/'],
    ['another scheme', '/{key}/flip/ftp://example.org/'],
  ])('%s', async (_, path) => expect(await get(path.replaceAll('{h}', handle).replace('{key}', OPEN.key))).toMatch(/^40[04] /))
})

describe('a key that nobody has is 401, in the shape of what was asked', () => {
  const KEYS = ['nobody', 'AnotherAppOfNobody000z', 'an-app_9', 'Z'.repeat(20), 'x'.repeat(300)]
  it.each(KEYS)('%s', async (key) => {
    const sources = [
      '{h}',
      'https://example.org/a.png',
      '%22https%3A%2F%2Fexample.org%2Fa.png%22',
      'b64://YWJj',
      'src://a/b.png',
      '[{h},{h}]',
    ]
    const paths = [
      ...sources,
      ...sources.flatMap((source) => [`resize=width:9/${source}`, `flip/${source}`, `shine=a:1/${source}`]),
      'b64/W10=/b64://YWJj',
    ]
    for (const path of paths.flatMap((each) => [`/${key}/${each}`, `/cdn/${key}/${each}`]))
      expect(await judge(await request(path.replaceAll('{h}', handle)), 'processing'), path).toMatch(/^401 .*key/)
  })
  it.each(KEYS)('%s in calls', async (key) => {
    for (const call of STORE_CALLS) expect(await send(call, handle, { query: { ...call.query, key } })).toMatch(/^401 /)
    for (const call of JSON_CALLS) expect(await send(call, handle, { body: { ...(call.body as object), apikey: key } })).toMatch(/^401 /)
  })
})

it('an account whose preset is named like a task is no key', async () => {
  const response = await request('/Anoth3r/circle/a.jpg')
  expect([response.status, await response.json()]).toEqual([404, { error: expect.objectContaining({ code: 'not_found' }) }])
})
