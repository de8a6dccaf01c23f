import { describe, expect, it } from 'vitest'
import { readPartHeaders } from '../../../src/http/forms/part-headers.ts'

const read = (disposition: string, more: Record<string, string> = {}) => readPartHeaders({ 'content-disposition': disposition, ...more })

describe('the name of a file in a form, as clients write it', () => {
  it.each<[client: string, disposition: string, field: string | null, file: string | null]>([
    ['browsers', 'form-data; name="f"; filename="p.png"', 'f', 'p.png'],
    ['browsers, with a quote', 'form-data; name="f"; filename="a%22b.png"', 'f', 'a"b.png'],
    ['.NET', "form-data; name=f; filename=p.png; filename*=utf-8''p.png", 'f', 'p.png'],
    ['.NET, Unicode', 'form-data; name=f; filename="=?utf-8?B?w6kucG5n?="; filename*=utf-8\'\'%C3%A9.png', 'f', 'é.png'],
    ['.NET Framework without filename*', 'form-data; name=f; filename="=?utf-8?B?w6kucG5n?="', 'f', 'é.png'],
    ['RFC 2047, quoted-printable', 'form-data; name=f; filename="=?UTF-8?Q?=C3=A9_a.png?="', 'f', 'é a.png'],
    ['RFC 2047 in two words', 'form-data; name=f; filename="=?utf-8?B?w6k=?= =?utf-8?B?LnBuZw==?="', 'f', 'é.png'],
    ['RFC 8187 in Latin-1', "form-data; name=f; filename*=ISO-8859-1'en'%e9.png", 'f', 'é.png'],
    ['an unknown character set falls back', "form-data; name=f; filename=b.png; filename*=klingon''%e9.png", 'f', 'b.png'],
    ['malformed UTF-8 falls back', "form-data; name=f; filename=b.png; filename*=utf-8''%e9.png", 'f', 'b.png'],
    ['names in capitals', 'Form-Data; NAME="f"; FileName="p.png"', 'f', 'p.png'],
    ['spaces around =', 'form-data; name = "f" ; filename = p.png', 'f', 'p.png'],
    ['no space', 'form-data;name="f";filename="p.png"', 'f', 'p.png'],
    ['escaped quotes', 'form-data; name="f"; filename="a\\"b\\\\c.png"', 'f', 'c.png'],
    ['a semicolon in quotes', 'form-data; name="a;b"; filename="c;d.png"', 'a;b', 'c;d.png'],
    ['a token with spaces', 'form-data; name=f; filename=my photo.png', 'f', 'my photo.png'],
    ['Windows paths', 'form-data; name="f"; filename="C:\\dir\\p.png"', 'f', 'p.png'],
    ['other paths', 'form-data; name="f"; filename="../../p.png"', 'f', 'p.png'],
    ['UTF-8 as it is', 'form-data; name="f"; filename="漢😀.png"', 'f', '漢😀.png'],
    ['an empty name', 'form-data; name="f"; filename=""', 'f', null],
    ['no field name', 'form-data; filename="p.png"', null, 'p.png'],
    ['a name twice: the first', 'form-data; name="f"; filename="p.png"; filename="q.png"', 'f', 'p.png'],
  ])('%s: %s', (_, disposition, fieldName, fileName) => expect(read(disposition)).toMatchObject({ fieldName, fileName, isFile: true }))

  it.each<[disposition: string, headers: Record<string, string>, isFile: boolean]>([
    ['form-data; name=f', {}, false],
    ['form-data; name=f', { 'content-type': 'text/plain' }, false],
    ['form-data; name=f', { 'content-type': 'Application/Octet-Stream' }, true],
    ['form-data; name="filename=x"', {}, false],
    ['', {}, false],
  ])('a part is a file when it has a file name or is binary: %s %j', (disposition, headers, isFile) =>
    expect(read(disposition, headers).isFile).toBe(isFile),
  )

  it.each([
    ['8bit', null],
    ['BINARY', null],
    ['base64', 'base64'],
    ['Quoted-Printable', 'quoted-printable'],
  ])('the encoding %s: %s', (encoding, expected) =>
    expect(read('form-data; name=f', { 'content-transfer-encoding': encoding }).encoding).toBe(expected),
  )

  it('reads a hostile header in linear time', () => {
    const started = performance.now()
    read(`form-data; ${'a="'.repeat(5000)}; ${'='.repeat(5000)}; filename="${'\\'.repeat(5000)}`)
    expect(performance.now() - started).toBeLessThan(500)
  })
})
