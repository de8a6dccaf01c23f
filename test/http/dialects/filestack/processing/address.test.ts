import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../../../../src/http/dialects/filestack/processing/address.ts'
import { readTask, type Task, type Value, writeTask } from '../../../../../src/http/dialects/filestack/processing/task-text.ts'

const HANDLE = 'AbCdEfGhIjKlMnOpQr12'
const read = (path: string, search = '') =>
  readAddress(
    path,
    search,
    (text) => text === 'KEY',
    (text) => text !== 'nobody',
  )
const base64 = (text: string): string => Buffer.from(text).toString('base64url')
const handle = { kind: 'handle', handle: HANDLE }

describe('the source', () => {
  it.each([
    [`/${HANDLE}`, handle],
    [`/cdn/KEY/${HANDLE}`, handle],
    [`/KEY/flip/${HANDLE}`, handle],
    [`/KEY/flip/b64://${base64(HANDLE)}`, handle],
    [`/KEY/flip/b64:/${base64(HANDLE)}`, handle],
    ['/KEY/flip/https://example.org/a/b.jpg', { kind: 'url', url: 'https://example.org/a/b.jpg' }],
    ['/KEY/flip/https:/example.org/a%20b.jpg', { kind: 'url', url: 'https://example.org/a%20b.jpg' }],
    ['/KEY/flip/%22https://example.org/a,b.jpg%22', { kind: 'url', url: 'https://example.org/a,b.jpg' }],
    ['/KEY/flip/https%3A%2F%2Fexample.org%2Fa.jpg%3Fx=1', { kind: 'url', url: 'https://example.org/a.jpg?x=1' }],
    [`/KEY/b64://${base64('https://example.org/ä')}`, { kind: 'url', url: 'https://example.org/ä' }],
    ['/KEY/flip/src://shop/a/b.png', { kind: 'alias', alias: 'shop/a/b.png' }],
    ['/KEY/collage=w:1/[a,b]', { kind: 'handle', handle: 'a' }],
    ['/KEY/flip/%5Ba%5D', { kind: 'handle', handle: 'a' }],
    ['/KEY/flip/["https://example.org/a,b.jpg"]', { kind: 'url', url: 'https://example.org/a,b.jpg' }],
  ])('%s', (path, source) => {
    expect(read(path).source).toEqual(source)
  })
  it('has the query of the request when it is elsewhere', () => {
    expect(read('/KEY/flip/https://example.org/a', '?v=1&w=2').source).toEqual({ kind: 'url', url: 'https://example.org/a?v=1&w=2' })
  })
})

describe('the tasks', () => {
  const tasksOf = (path: string): readonly Task[] => read(`/KEY/${path}/${HANDLE}`).tasks
  it.each<[string, readonly Task[]]>([
    ['', []],
    [
      'resize=width:10,h:20',
      [
        {
          name: 'resize',
          params: [
            ['width', '10'],
            ['h', '20'],
          ],
          items: [],
        },
      ],
    ],
    [
      'resize%3Dw%3A10%2Ch%3A20/flip',
      [
        {
          name: 'resize',
          params: [
            ['w', '10'],
            ['h', '20'],
          ],
          items: [],
        },
        { name: 'flip', params: [], items: [] },
      ],
    ],
    ['cache=false', [{ name: 'cache', params: [], items: ['false'] }]],
    ['metadata=[size,width]', [{ name: 'metadata', params: [], items: [['size', 'width']] }]],
    [
      'partial_blur=objects:[[1,2,3,4],%5B5,6,7,8%5D],a:3',
      [
        {
          name: 'partial_blur',
          params: [
            [
              'objects',
              [
                ['1', '2', '3', '4'],
                ['5', '6', '7', '8'],
              ],
            ],
            ['a', '3'],
          ],
          items: [],
        },
      ],
    ],
    [
      'watermark=file:%22https://a.org/x,y%22,size:5',
      [
        {
          name: 'watermark',
          params: [
            ['file', 'https://a.org/x,y'],
            ['size', '5'],
          ],
          items: [],
        },
      ],
    ],
    [
      `b64/${base64('[{"name":"crop","params":{"dim":[1,2,3,4]}},{"name":"flop"}]')}`,
      [
        { name: 'crop', params: [['dim', ['1', '2', '3', '4']]], items: [] },
        { name: 'flop', params: [], items: [] },
      ],
    ],
    [
      `b64/${Buffer.from('[{"name":"cache","params":false}]').toString('base64').replaceAll('=', '%3D')}`,
      [{ name: 'cache', params: [], items: ['false'] }],
    ],
  ])('%s', (text, tasks) => {
    expect(text === '' ? read(`/KEY/${HANDLE}`).tasks : tasksOf(text)).toEqual(tasks)
  })

  it.each([
    ['resize=w:[1', 'unclosed list'],
    ['resize=w:"1', 'unclosed quotation mark'],
    ['resize=w:1]', 'bracket without a list'],
    ['resize=w:[[[[[1]]]]]', 'too deep'],
    [`resize=w:[${'1,'.repeat(600)}1]`, 'too many values'],
    ['9lives', 'no name'],
    ['resize=%E0%A4%A', 'no UTF-8'],
    ['b64/!!!', 'no base64'],
    [`b64/${base64('{"name":"flip"}')}`, 'no list'],
    [`b64/${base64('[{"name":"flip","more":1}]')}`, 'unknown member'],
    [`b64/${base64(`[${'['.repeat(50)}${']'.repeat(50)}]`)}`, 'JSON too deep'],
    ['flip/'.repeat(21).slice(0, -1), 'too many tasks'],
    [`resize=w:${'1'.repeat(17_000)}`, 'too long'],
  ])('%.30s is refused: %s', (text) => {
    expect(() => tasksOf(text)).toThrow(expect.objectContaining({ code: 'invalid_parameter' }))
  })

  it('come back from what the SDK writes', () => {
    const name = fc.stringMatching(/^[a-z_]{1,10}$/)
    const text = fc.stringMatching(/^[\w ./,:[\]#ä-]{0,12}$/)
    const value = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, text, fc.array(tie('value'), { maxLength: 4 })),
    })).value
    const task = fc.record({ name, params: fc.array(fc.tuple(name, value), { maxLength: 4 }), items: fc.constant([]) })
    fc.assert(
      fc.property(task, (given) => {
        expect(readTask(writeTask(given))).toEqual(given)
      }),
    )
  })
  it('hostile text costs little and gives an error or a task', () => {
    const hostile = fc.string({ unit: fc.constantFrom('"', '[', ']', ',', ':', 'a', '=', ' ', '%'), maxLength: 2000 })
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          readTask(`a=${text}`)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'invalid_parameter' })
        }
      }),
    )
  })
})
