import { all, type Made, each, withoutPieces } from './made.ts'

const URL = 'https://imgproxy.example.com/unsafe/*/plain/https://example.com/images/curiosity.jpg'

/** Options of docs.imgproxy.net/usage/processing. */
export const imgproxy: Made = {
  mutants: (url) => withoutPieces(url, /\/unsafe\/(.*)\/plain/, '/').filter(({ url: rest }) => !rest.includes('unsafe//')),
  rows: [
    ...each(URL, [
      ['rs:fit:300:200', 'w=300&h=200&fit=shrink'],
      ['rs:fit:300:200:1', 'w=300&h=200'],
      ['rs:fill:300:200', 'w=300&h=200&fit=shrink-crop&crop=center'],
      ['rs:fill:300:200:1/g:no', 'w=300&h=200&fit=crop&crop=top'],
      ['rs:force:300:200', 'w=300&h=200&fit=stretch'],
      ['resize:fit:300:0:0', 'w=300&fit=shrink'],
      ['w:300/h:200/rt:fill/el:1', 'w=300&h=200&fit=crop&crop=center'],
      ['s:300:200', 'w=300&h=200&fit=shrink'],
      ['w:300/dpr:2', 'w=600&fit=shrink'],
      ['w:300/q:60/f:webp', 'w=300&fit=shrink&f=webp&q=60'],
      ['w:300/rot:90', 'rotate=90&w=300&fit=shrink'],
      ['w:300/bg:ff8000', 'w=300&fit=shrink&bg=ff8000ff'],
      ['w:300/bg:255:128:0', 'w=300&fit=shrink&bg=ff8000ff'],
      ['w:300/bl:5', 'w=300&fit=shrink&blur=5'],
      ['w:300/pix:10', 'w=300&fit=shrink&pixelate=10'],
      ['w:300/pd:10:20', 'w=300&fit=shrink&extend-top=10&extend-right=20&extend-bottom=10&extend-left=20'],
      ['c:100:80:nowe:5:6', 'crop-x=5&crop-y=6&crop-w=100&crop-h=80'],
      ['w:300/mb:5000', 'w=300&fit=shrink&q=80&max-bytes=5000'],
      ['w:300/cb:abc', 'w=300&fit=shrink&version=abc'],
      ['w:300/att:1', 'w=300&fit=shrink&download=true'],
    ]),
    ...all(
      URL,
      `rs:fill-down:300:200 rs:auto:300:200 size:300:200:1 w:300/h:300/ex:1/el:1 rs:fill:300:200/g:sm rs:fill:300:200/g:soea rs:fill:300:200/g:we g:nowe/rs:fill:100:100:1 c:0.5:0.5:ce t:10 sh:0.7 br:20/w:9 co:20/w:9 sa:20/w:9
      f:png f:jpg f:avif f:gif sm:0 kcr:1 scp:0 fl:1:0 fl:0:1 rot:180 rot:270 pg:1 q:50 dpr:1.5/w:100 padding:10 blur:2 pixelate:5 quality:70 format:webp pr:sharp exp:1900000000`,
    ),
    [
      'https://imgproxy.example.com/unsafe/rs:fit:300:200/plain/https://example.com/images/curiosity.jpg@png',
      'w=300&h=200&fit=shrink&f=png',
    ],
    [
      'https://imgproxy.example.com/unsafe/rs:fit:300:200/aHR0cHM6Ly9leGFtcGxlLmNvbS9pbWFnZXMvY3VyaW9zaXR5LmpwZw.png',
      'w=300&h=200&fit=shrink&f=png',
    ],
  ],
}
