import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import type { DoorName, DoorWish } from '../../../../src/http/dialects/frameworks/door.ts'
import { DOORS } from '../../../../src/http/dialects/frameworks/doors.ts'
import { parseImageQuery } from '../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { canonical } from '../../../../src/image/plan.ts'

/** Without the account. */
function wishOf(path: string, accept?: string): DoorWish & { readonly door: DoorName } {
  const url = new URL(path, 'https://pics.example.com')
  for (const door of DOORS) {
    const prefix = door.route.replace(/\*$/, '')
    if (door.route.endsWith('*') ? url.pathname.startsWith(prefix) : url.pathname === prefix)
      return { door: door.name, ...door.read(url.pathname.slice(prefix.length), [...url.searchParams], accept) }
  }
  throw new Error(`No door has ${path}`)
}

/** What a door's URL means, as an image URL says it. */
const EQUAL: readonly (readonly [url: string, query: string])[] = [
  ['/_next/image?url=%2Fa.jpg&w=640&q=75', 'w=640&fit=shrink&f=auto&q=75'],
  ['/_next/image?url=%2Fa.jpg&w=16&q=1&dpl=dpl_123', 'w=16&fit=shrink&f=auto&q=1'],
  ['/_vercel/image?w=1200&q=100&url=%2Fa.jpg', 'w=1200&fit=shrink&f=auto&q=100'],
  ['/.netlify/images?url=/a.jpg', 'f=auto&q=75'],
  ['/.netlify/images?url=/a.jpg&w=300', 'w=300&fit=shrink&f=auto&q=75'],
  ['/.netlify/images?url=/a.jpg&w=300&h=200&fit=contain&fm=webp&q=40', 'w=300&h=200&fit=shrink&f=webp&q=40'],
  ['/.netlify/images?url=/a.jpg&w=300&h=200&fit=fill&fm=jpg', 'w=300&h=200&fit=stretch&f=jpg&q=75'],
  ['/.netlify/images?url=/a.jpg&width=300&quality=9', 'w=300&fit=shrink&f=auto&q=9'],
  ['/_ipx/_/a.jpg', ''],
  ['/_ipx/w_200/a.jpg', 'w=200&fit=shrink'],
  ['/_ipx/w_200&f_webp/a.jpg', 'w=200&fit=shrink&f=webp&anim=false'],
  ['/_ipx/enlarge,w_200/a.jpg', 'w=200'],
  ['/_ipx/w_200,f_auto,q_60/a.jpg', 'w=200&fit=shrink&f=auto&anim=false&q=60'],
  ['/_ipx/f_webp,animated/a.gif', 'f=webp'],
  ['/_ipx/s_200x100,f_png/a.jpg', 'w=200&h=100&fit=aspect-crop&f=png&anim=false'],
  ['/_ipx/s_200x100,pos_left%20top,f_png/a.jpg', 'w=200&h=100&fit=aspect-crop&crop=top-left&f=png&anim=false'],
  ['/_ipx/enlarge,s_200x100,f_png/a.jpg', 'w=200&h=100&fit=crop&f=png&anim=false'],
  ['/.netlify/images?url=/a.jpg&w=300&h=200&fit=cover&position=left', 'w=300&h=200&fit=aspect-crop&crop=left&f=auto&q=75'],
  ['/_ipx/s_200x100,fit_inside,f_png/a.jpg', 'w=200&h=100&fit=shrink&f=png&anim=false'],
  ['/_ipx/s_200x100,fit_fill,f_png/a.jpg', 'w=200&h=100&fit=stretch&f=png&anim=false'],
  ['/_ipx/width:200,format:jpeg,quality=50/a.jpg', 'w=200&fit=shrink&f=jpg&q=50&anim=false'],
  ['/_ipx/rotate_90,grayscale,f_jpg/a.jpg', 'rotate=90&grayscale=true&f=jpg&anim=false'],
  ['/_ipx/extract_10_20_30_40,f_jpg/a.jpg', 'crop-x=10&crop-y=20&crop-w=30&crop-h=40&f=jpg&anim=false'],
  ['/cdn-cgi/image/width=400/a.jpg', 'w=400&fit=shrink&q=85'],
  ['/cdn-cgi/image/w=400,h=300,fit=cover,g=left,f=webp,q=70/a.jpg', 'w=400&h=300&fit=crop&crop=left&f=webp&q=70'],
  ['/cdn-cgi/image/width=400,fit=contain,format=auto/a.jpg', 'w=400&f=auto&q=85'],
  ['/cdn-cgi/image/width=200,dpr=2,onerror=redirect,format=avif/a.jpg', 'w=200&dpr=2&fit=shrink&f=avif&q=85'],
  ['/cdn-cgi/image/width=40,height=30,fit=pad,background=%23ff0000/a.jpg', 'w=40&h=30&fit=pad&bg=ff0000&q=85'],
  ['/cdn-cgi/image/trim=20;0;0;10/a.jpg', 'crop-x=10&crop-y=20&q=85'],
]

const ACCEPTS = [undefined, '*/*', 'image/webp,*/*', 'image/avif,image/webp,image/apng,*/*;q=0.8']

describe('a URL of a door', () => {
  it.each(EQUAL)('%s is ?%s', (url, query) => {
    for (const accept of ACCEPTS) {
      const [wish, ours] = [wishOf(url, accept), parseImageQuery([...new URLSearchParams(query)], accept)]
      expect(canonical(wish.plan)).toBe(canonical(ours.plan))
      expect(wish.variesByAccept).toBe(ours.variesByAccept)
    }
  })

  it('hands over the parameters of delivery', () => {
    expect(wishOf('/_next/image?url=/a.jpg&w=1&q=1&version=7&sig=1.a.b').query).toEqual([
      ['version', '7'],
      ['sig', '1.a.b'],
    ])
    expect(wishOf('/_ipx/_/a.jpg?cache=false').query).toEqual([['cache', 'false']])
  })
})

const REFUSED: readonly (readonly [url: string, field: string])[] = [
  ['/_next/image', 'url'],
  ['/_next/image?url=&w=1&q=1', 'url'],
  ['/_next/image?url=/a.jpg&q=75', 'w'],
  ['/_next/image?url=/a.jpg&w=640', 'q'],
  ['/_next/image?url=/a.jpg&w=0&q=75', 'w'],
  ['/_next/image?url=/a.jpg&w=6.5&q=75', 'w'],
  ['/_next/image?url=/a.jpg&w=640px&q=75', 'w'],
  ['/_next/image?url=/a.jpg&w=640&q=0', 'q'],
  ['/_next/image?url=/a.jpg&w=640&q=101', 'q'],
  ['/_next/image?url=/a.jpg&url=/b.jpg&w=640&q=75', 'url'],
  ['/_vercel/image?url=/a.jpg&w=1&w=2&q=75', 'w'],
  ['/.netlify/images?w=1', 'url'],
  ['/.netlify/images?url=/a.jpg&url=/b.jpg', 'url'],
  ['/.netlify/images?url=/a.jpg&fit=inside', 'fit'],
  ['/.netlify/images?url=/a.jpg&fm=blurhash', 'fm'],
  ['/.netlify/images?url=/a.jpg&fm=auto', 'fm'],
  ['/.netlify/images?url=/a.jpg&fm=heic', 'fm'],
  ['/.netlify/images?url=/a.jpg&position=entropy', 'position'],
  ['/.netlify/images?url=/a.jpg&q=101', 'q'],
  ['/.netlify/images?url=/a.jpg&q=0', 'q'],
  ['/_ipx/', 'modifiers'],
  ['/_ipx/w_1', 'url'],
  ['/_ipx/w_1/', 'url'],
  ['/_ipx//a.jpg', 'modifiers'],
  ['/_ipx/constructor_1/a.jpg', 'constructor'],
  ['/_ipx/w_1,w_2/a.jpg', 'w'],
  ['/_ipx/w_-1/a.jpg', 'w'],
  ['/_ipx/f_bmp/a.jpg', 'f'],
  ['/_ipx/kernel_mitchell/a.jpg', 'kernel'],
  ['/_ipx/zoom_2/a.jpg', 'zoom'],
  ['/cdn-cgi/image/', 'options'],
  ['/cdn-cgi/image/width=1', 'url'],
  ['/cdn-cgi/image//a.jpg', 'options'],
  ['/cdn-cgi/image/width=auto/a.jpg', 'width'],
  ['/cdn-cgi/image/fit=outside/a.jpg', 'fit'],
  ['/cdn-cgi/image/format=json/a.jpg', 'format'],
  ['/cdn-cgi/image/onerror=ignore/a.jpg', 'onerror'],
  ['/cdn-cgi/image/trim=1;2;3/a.jpg', 'trim'],
  ['/cdn-cgi/image/unknown=1/a.jpg', 'unknown'],
  ['/cdn-cgi/image/toString/a.jpg', 'toString'],
  [`/cdn-cgi/image/${'w=1,'.repeat(61)}/a.jpg`, ''],
]

describe('a URL that a door refuses', () => {
  it.each(REFUSED)('%s: %s', (url, field) => {
    let thrown: unknown
    try {
      thrown = wishOf(url)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AppError)
    const { fault, field: named = '' } = thrown as AppError
    expect([fault.status, named]).toEqual([400, field])
  })

  it('says so in words of its own, also when the encoding is broken', () => {
    for (const url of ['/_ipx/w_%ff/a.jpg', '/cdn-cgi/image/w=%zz/a.jpg']) expect(() => wishOf(url)).toThrow(AppError)
  })
})
