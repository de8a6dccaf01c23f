import { type Seen, seen } from './seen.ts'

const DOCS = 'https://github.com/thumbor/thumbor/blob/master/docs'
/** What the pages call `<url>`. */
const SOURCE = 'https%3A%2F%2Fgithub.com%2Fthumbor%2Fthumbor%2Fraw%2Fmaster%2Fexample.jpg'
const LOCAL = `http://localhost:8888/unsafe/*/${SOURCE}`
const SERVER = 'http://thumbor-server/unsafe/filters:*/some/image.jpg'

/** A file of the index of public code, which tells no address. */
const code = (id: string, wishes: string): readonly Seen[] => seen(`public code, file ${id}`, '*', wishes)

export const thumbor: readonly Seen[] = [
  ...seen(`${DOCS}/getting_started.md`, LOCAL, '300x200 300x0 -0x-0 filters:brightness(10):contrast(30)'),
  ...seen(`${DOCS}/usage.md`, 'http://my-server/unsafe/*/image.jpg', '-300x-200/left/top/smart meta/-300x-200/left/top/smart'),
  ...seen(
    `${DOCS}/index.md`,
    'http://thumbor-server/unsafe/*',
    '300x200/smart/s.glbimg.com/et/bb/f/original/2011/03/24/VN0JiwzmOw0b0lg.jpg',
  ),
  ...seen(
    `${DOCS}/filling.md`,
    LOCAL,
    'fit-in/300x300/filters:fill(blue) fit-in/300x300/filters:fill(f00) fit-in/300x300/filters:fill(add8e6) fit-in/300x300/filters:fill(auto) fit-in/300x300/filters:fill(blur)',
  ),
  ...seen(
    `${DOCS}/filling.md`,
    'http://localhost:8888/unsafe/fit-in/300x225/*/https://github.com/thumbor/thumbor/wiki/dice_transparent_background.png',
    'filters:fill(blue,1) filters:fill(f00,true) filters:fill(add8e6,1) filters:fill(auto,true) filters:fill(blur,true)',
  ),
  ...seen(`${DOCS}/quality.md`, LOCAL, 'filters:quality(40)'),
  ...seen(`${DOCS}/focal.md`, LOCAL, '400x100/filters:focal(146x206:279x360)'),
  ...seen(`${DOCS}/proportion.md`, LOCAL, 'filters:proportion(0.5)'),
  ...seen(`${DOCS}/sharpen.md`, LOCAL, 'filters:sharpen(2,1.0,true)'),
  ...seen(`${DOCS}/saturation.md`, LOCAL, 'filters:saturation(40) filters:saturation(-40)'),
  ...seen(`${DOCS}/noise.md`, LOCAL, 'filters:noise(40)'),
  ...seen(
    `${DOCS}/round_corners.md`,
    LOCAL,
    'filters:round_corner(20,255,255,255) filters:round_corner(20|40,0,0,0) filters:round_corner(30,0,0,0,1)',
  ),
  ...seen(`${DOCS}/grayscale.md`, LOCAL, 'filters:grayscale()'),
  ...seen(
    `${DOCS}/background_color.md`,
    LOCAL,
    'fit-in/300x300/filters:background_color(blue) fit-in/300x300/filters:background_color(f00) fit-in/300x300/filters:background_color(add8e6)',
  ),
  ...seen(`${DOCS}/format.md`, LOCAL, 'filters:format(webp)'),
  ...seen(`${DOCS}/rgb.md`, LOCAL, 'filters:rgb(20,-20,40)'),
  ...seen(`${DOCS}/strip_icc.md`, LOCAL, 'filters:strip_icc()'),
  ...seen(`${DOCS}/blur.md`, LOCAL, 'filters:blur(7)'),
  ...seen(
    `${DOCS}/convolution.md`,
    'http://localhost:8888/unsafe/*',
    'filters:convolution(1;2;1;2;4;2;1;2;1,3,true)/http://upload.wikimedia.org/wikipedia/commons/5/50/Vd-Orig.png',
  ),
  ...seen(`${DOCS}/cover.md`, 'http://localhost:8888/unsafe/*', 'filters:cover()/http://server.my/animated_static.gif'),
  ...seen(
    `${DOCS}/strip_exif.md`,
    'http://localhost:8888/unsafe/*',
    'filters:strip_exif()/http://www.arte.tv/static-epgapi/057460-011-A.jpg',
  ),
  ...seen(`${DOCS}/rotate.md`, SERVER, 'rotate(90)'),
  ...seen(`${DOCS}/contrast.md`, SERVER, 'contrast(40)'),
  ...seen(`${DOCS}/max_bytes.md`, SERVER, 'max_bytes(40000)'),
  ...seen(`${DOCS}/watermark.md`, SERVER, 'watermark(http://my.site.com/img.png,-10,-10,50)'),
  ...seen(`${DOCS}/no_upscale.md`, 'http://thumbor-server/unsafe/*/some/image.jpg', '300x200/filters:no_upscale()'),
  ...code(
    '26119387011',
    'http://localhost:8080/unsafe/300x200/https%3A%2F%2Fexample.com%2Fimage.jpg http://localhost:8080/unsafe/300x200/filters:grayscale()/https%3A%2F%2Fexample.com%2Fimage.jpg',
  ),
  ...code(
    '29457017799',
    'http://localhost:8000/unsafe/300x200/smart/image.jpg http://localhost:8000/unsafe/300x200/filters:blur(5):quality(80)/image.jpg',
  ),
  ...code('26859865608', 'http://localhost:8000/unsafe/10x20:100x150/image.jpg'),
  ...code(
    '52208826533',
    `http://localhost:8888/unsafe/300x0/https://example.com/photo.jpg http://localhost:8888/unsafe/fit-in/300x200/https://example.com/photo.jpg
    http://localhost:8888/unsafe/300x200/filters:grayscale():blur(5)/https://example.com/photo.jpg http://localhost:8888/unsafe/300x200/filters:format(webp):quality(80)/https://example.com/photo.jpg`,
  ),
  ...code(
    '37170819907',
    'http://localhost:8888/unsafe/filters:brightness(50):contrast(50)/https://upload.wikimedia.org/wikipedia/commons/thumb/7/79/Coffee_berries_1.jpg/1200px-Coffee_berries_1.jpg',
  ),
  ...code('20227808631', 'http://localhost:8000/unsafe/300x200/filters:brightness(10):contrast(5)/path/to/image.jpg'),
]
