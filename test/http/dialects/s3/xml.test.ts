import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { codeOf } from '../../../../src/http/dialects/s3/codes.ts'
import { answerLate } from '../../../../src/http/dialects/s3/xml/late.ts'
import { childText, readXml } from '../../../../src/http/dialects/s3/xml/read.ts'
import { element, rootElement } from '../../../../src/http/dialects/s3/xml/write.ts'

const outcome = (text: string): unknown => {
  try {
    return readXml(text)
  } catch (thrown) {
    return codeOf(AppError.from(thrown))
  }
}

describe('XML', () => {
  it('reads back what it writes', () => {
    // Characters that XML can hold.
    const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed() && !/[\u0000-\u001f\ufffe\uffff]/.test(value)) // eslint-disable-line no-control-regex
    fc.assert(
      fc.property(text, text, (a, b) => {
        const root = readXml(rootElement('Root', { A: a, List: [{ B: b }, { B: '<&>"\'' }] }))
        expect([childText(root, 'A'), root.children.filter(({ name }) => name === 'List').map((each) => childText(each, 'B'))]).toEqual([
          a,
          [b, '<&>"\''],
        ])
      }),
    )
  })

  it('writes no character that ends a text or that XML cannot hold', () => {
    const written = element('A', `]]>&<b a="c">\u0000\ud800\uffff`)
    expect(written.slice(3, -4)).not.toMatch(/[<>"\ud800]|&(?!\w+;|#\d+;)/)
    expect(written.slice(3, -4)).toMatch(/\ufffd\ufffd\ufffd$/)
  })

  it.each([
    ['entities of its own', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['an entity without an end', '<a>&amp</a>'],
    ['a character beyond Unicode', '<a>&#x110000;</a>'],
    ['another end', '<a></b>'],
    ['no end', '<a>'],
    ['two roots', '<a/><b/>'],
    ['text beside the root', '<a/>b'],
    ['nothing', ''],
    ['an open tag', '<a'],
    ['depth', '<a>'.repeat(20) + '</a>'.repeat(20)],
  ])('with %s is malformed', (_, text) => {
    expect(outcome(text)).toBe('MalformedXML')
  })

  it('reads a megabyte of entities and of elements in its time', () => {
    expect((outcome(`<a>${'&amp;'.repeat(200_000)}</a>`) as { text: string }).text).toHaveLength(200_000)
    expect(outcome(`<a>${'&b;'.repeat(300_000)}</a>`)).toBe('MalformedXML')
    expect((outcome(`<a>${'<b/>'.repeat(250_000)}</a>`) as { children: unknown[] }).children).toHaveLength(250_000)
    expect(outcome('<'.repeat(1_000_000))).toBe('MalformedXML')
  })
})

describe('a late answer', () => {
  const place = { resource: '/r', requestId: 'id' }
  /** Waits end when the test says so. */
  function patience() {
    const ends: (() => void)[] = []
    return { wait: () => new Promise<void>((end) => void ends.push(end)), end: () => ends.splice(0).forEach((each) => each()) }
  }

  it('is a plain one when it is soon', async () => {
    const { wait } = patience()
    const response = await answerLate(Promise.resolve('<A/>'), place, { wait, failed: () => undefined })
    expect([response.status, await response.text()]).toEqual([200, '<?xml version="1.0" encoding="UTF-8"?>\n<A/>'])
    await expect(answerLate(Promise.reject(new AppError('upload_not_found')), place, { wait, failed: () => undefined })).rejects.toThrow()
  })

  it.each<[string, (settle: PromiseWithResolvers<string>) => void, RegExp, number]>([
    ['the root', ({ resolve }) => resolve('<A/>'), /^<\?xml [^>]*>\s+<A\/>$/, 0],
    [
      'an error',
      ({ reject }) => reject(new AppError('upload_not_found')),
      /^<\?xml [^>]*>\s+<Error><Code>NoSuchUpload<\/Code>.*<\/Error>$/,
      1,
    ],
  ])('is white space until %s is there', async (_, settle, expected, failures) => {
    const { wait, end } = patience()
    const work = Promise.withResolvers<string>()
    const failed: AppError[] = []
    const answer = answerLate(work.promise, place, { wait, failed: (error) => void failed.push(error) })
    end()
    const reader = ((await answer).body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    const read = async (): Promise<boolean> => {
      const next = await reader.read()
      text += new TextDecoder().decode(next.value)
      return next.done
    }
    await read()
    for (let i = 0; i < 3; i++) {
      const more = read()
      end()
      await more
    }
    expect(text).toMatch(/^<\?xml [^>]*>\s+$/)
    settle(work)
    while (!(await read()));
    expect([text, failed.length]).toEqual([expect.stringMatching(expected), failures])
  })
})
