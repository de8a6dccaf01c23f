import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { IMAGE_ACCEPT, imageUrl, rawUrl, type Wish } from '../../console/image-url.ts'
import { recipeOf } from '../../console/recipe.ts'
import { curlCommand, downloadName, sdkCode } from '../../console/snippets.ts'

const wishOf = (filePath: string, fields: Record<string, string> = {}): Wish => ({
  origin: 'http://127.0.0.1:8787',
  accountId: 'Emu1s1n',
  filePath,
  recipe: recipeOf(new Map(Object.entries(fields))),
})

describe('downloadName', () => {
  it.each<[string, string | null, string]>([
    ['/a/photo.png', 'png', 'photo.png'],
    ['/a/photo.png', 'jpeg', 'photo.jpg'],
    ['/a/photo.jpg', 'webp', 'photo.webp'],
    ['/a/photo', 'png', 'photo.png'],
    ['/a/photo.v2.jpg', 'webp', 'photo.v2.webp'],
    ['/a.b/photo', 'png', 'photo.png'],
    ['/a/фото.jpg', 'avif', 'фото.avif'],
    ['/a/.png', 'png', 'picture.png'],
    ['/a/photo.png', null, 'photo.png'],
  ])('%s as %s is %s', (path, format, name) => expect(downloadName(path, format)).toBe(name))
})

describe('recipeOf', () => {
  it.each<[Record<string, string>, Record<string, unknown>]>([
    [
      { f: 'webp', lossless: 'true', q: '40' },
      { f: 'webp', lossless: true },
    ],
    [
      { f: 'jpeg', lossless: 'true', q: '40' },
      { f: 'jpeg', q: '40' },
    ],
    [{ lossless: 'true' }, {}],
    [
      { f: 'jxl', lossless: 'true', target: 'auto' },
      { f: 'jxl', lossless: true },
    ],
    [
      { f: 'auto', q: '40', target: 'auto:high', 'max-bytes': '9000' },
      { f: 'auto', q: 'auto:high', 'max-bytes': '9000' },
    ],
    [
      { f: 'png', palette: 'true', target: 'auto' },
      { f: 'png', palette: true },
    ],
    [
      { f: 'gif', palette: 'true', q: '30', anim: 'false' },
      { f: 'gif', anim: false },
    ],
    [{ target: 'lossless' }, { q: 'lossless' }],
  ])('%j', (fields, picture) => expect(recipeOf(new Map(Object.entries(fields)))).toEqual([picture]))
})

describe('curlCommand', () => {
  /** The arguments as a shell hands them to curl. */
  const argumentsOf = (command: string): string[] =>
    execFileSync('sh', ['-c', command.replace(/^curl/, String.raw`printf '%s\0'`)], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1)

  it.each(['/a/photo.jpg', `/a/it's "quoted" $HOME \`x\`.jpg`, '/a/b c & d; e.jpg', '/a/[1-3]{x}.jpg', '/a/漢字 😀.png', '/-x.jpg'])(
    'means the same to a shell for %s',
    (path) => {
      const wish = wishOf(path, { w: '300', f: 'webp', text: `it's & "more"` })
      expect(argumentsOf(curlCommand(wish, 'jpeg'))).toEqual(['--fail', '--output', downloadName(path, 'webp'), imageUrl(wish)])
      // curl expands brackets and braces.
      expect(imageUrl(wish)).not.toMatch(/[[\]{}]/)
    },
  )

  it('asks as a browser does where the client decides', () => {
    const wish = wishOf('/a/photo.png', { f: 'auto' })
    expect(argumentsOf(curlCommand(wish, 'avif'))).toEqual([
      '--fail',
      '--header',
      `Accept: ${IMAGE_ACCEPT}`,
      '--output',
      'photo.avif',
      imageUrl(wish),
    ])
  })

  it('names the file by the format that the server answered when the wish leaves it open', () => {
    expect(argumentsOf(curlCommand(wishOf('/a/photo.png'), 'png'))[2]).toBe('photo.png')
    expect(argumentsOf(curlCommand(wishOf('/a/photo.png', { f: 'jpeg' }), 'png'))[2]).toBe('photo.jpg')
    expect(argumentsOf(curlCommand(wishOf('/a/wrongly-named.jpg'), 'png'))[2]).toBe('wrongly-named.png')
  })
})

it('sdkCode builds the URL that the page shows', async () => {
  for (const wish of [wishOf('/a/b c.jpg', { w: '300', f: 'webp' }), wishOf('/a.jpg', { w: '30', text: `it's` }), wishOf('/a.jpg')]) {
    const code = sdkCode(wish).replace("'@bytescale/sdk'", JSON.stringify(import.meta.resolve('@bytescale/sdk'))) + '\nexport default url'
    const { default: url } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { default: string }
    expect(url).toBe(imageUrl(wish))
  }
})

it('rawUrl is the file itself', () =>
  expect(rawUrl(wishOf('/a/ä?.jpg', { w: '3' }))).toBe('http://127.0.0.1:8787/Emu1s1n/raw/a/%C3%A4%3F.jpg'))

describe('recipeOf', () => {
  it.each<[string, Record<string, string>, object[]]>([
    ['nothing', {}, [{}]],
    ['a size', { w: '300', fit: 'crop', crop: 'smart' }, [{ w: '300', fit: 'crop', crop: 'smart' }]],
    ['a fit without a size', { fit: 'crop', crop: 'smart' }, [{}]],
    ['a crop without the fit', { w: '300', crop: 'smart' }, [{ w: '300' }]],
    ['switches', { flop: 'true', grayscale: 'true' }, [{ flop: true, grayscale: true }]],
    ['a quality of PNG', { f: 'png', q: '50' }, [{ f: 'png' }]],
    ['what no control knows', { nope: '1', w: '2' }, [{ w: '2' }]],
    ['properties of a text that is not there', { color: '#ff0000', gravity: 'top' }, [{}]],
    [
      'a text',
      { text: 'Hi', color: '#ff0000' },
      [
        {},
        { text: 'Hi', gravity: 'bottom-right', 'font-size': '40', 'font-weight': 700, color: 'ff0000', 'layer-opacity': '90', padding: 24 },
      ],
    ],
  ])('%s', (_, fields, groups) => expect(recipeOf(new Map(Object.entries(fields)))).toEqual(groups))
})
