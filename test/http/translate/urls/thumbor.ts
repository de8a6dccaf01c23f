import { all, type Made, each, withoutPieces } from './made.ts'

const URL = 'https://thumbor.example.com/unsafe/*/my.server.com/images/photo.jpg'

/** Options and filters of thumbor.readthedocs.io. */
export const thumbor: Made = {
  mutants: (url) => [
    ...withoutPieces(url, /filters:([^/]+)\//, /(?<=\)):/, ':').filter(({ url: rest }) => !rest.includes('filters:/')),
    ...withoutPieces(url, /\/unsafe\/(.*?)\/(?:filters:|my\.)/, '/').filter(
      ({ url: rest, removed }) => !removed.startsWith('filters') && !rest.includes('unsafe//'),
    ),
  ],
  rows: [
    ...each(URL, [
      ['300x200', 'w=300&h=200&fit=crop&crop=center'],
      ['300x0', 'w=300'],
      ['fit-in/300x200', 'w=300&h=200&fit=shrink'],
      ['full-fit-in/300x200', 'w=300&h=200&fit=min'],
      ['stretch/300x200', 'w=300&h=200&fit=stretch'],
      ['-300x200', 'flop=true&w=300&h=200&fit=crop&crop=center'],
      ['300x-200', 'flip=true&w=300&h=200&fit=crop&crop=center'],
      ['300x200/left/top', 'w=300&h=200&fit=crop&crop=top-left'],
      ['300x200/right', 'w=300&h=200&fit=crop&crop=right'],
      ['10x20:310x220/150x100', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200&w=150&h=100&fit=crop&crop=center'],
      ['fit-in/300x200/filters:fill(ff8000):upscale()', 'w=300&h=200&fit=pad&crop=center&bg=ff8000ff'],
      ['300x200/filters:quality(60):format(webp)', 'w=300&h=200&fit=crop&crop=center&f=webp&q=60'],
      ['300x200/filters:grayscale()', 'w=300&h=200&fit=crop&crop=center&grayscale=true'],
      ['300x200/filters:no_upscale()', 'w=300&h=200&fit=shrink-crop&crop=center'],
      ['fit-in/300x200/filters:upscale()', 'w=300&h=200'],
      ['300x200/filters:max_bytes(7500)', 'w=300&h=200&fit=crop&crop=center&q=80&max-bytes=7500'],
    ]),
    ...all(
      URL,
      `trim/300x200 trim:top-left:20/300x200 300x200/smart adaptive-fit-in/300x200 300x200/bottom 300x200/filters:blur(7) 300x200/filters:blur(7,3) 300x200/filters:brightness(40) 300x200/filters:contrast(-40)
      300x200/filters:saturation(1.3) 300x200/filters:sharpen(2,1.0,true) 300x200/filters:rotate(90) 300x200/filters:round_corner(20,255,255,255) 300x200/filters:background_color(blue) 300x200/filters:equalize() 300x200/filters:page(2)
      300x200/filters:format(jpeg) 300x200/filters:format(png) 300x200/filters:quality(40) fit-in/400x0 0x200`,
    ),
  ],
}
