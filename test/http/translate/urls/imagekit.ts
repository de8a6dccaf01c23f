import { all, type Made, each, withoutPieces, withoutQuery } from './made.ts'

const URL = 'https://ik.imagekit.io/demo/tr:*/default-image.jpg'

/** Parameters and values of imagekit.io/docs/image-transformation. */
export const imagekit: Made = {
  mutants: (url) => [
    ...withoutPieces(url, /\/tr:([^/:]+)\//, ','),
    ...(url.includes('?') && !url.includes('tr=') ? withoutQuery(url) : []),
  ],
  rows: [
    ...each(URL, [
      ['w-200', 'w=200'],
      ['w-200,h-300', 'w=200&h=300&fit=crop&crop=center'],
      ['w-200,h-300,c-force', 'w=200&h=300&fit=stretch'],
      ['w-200,h-300,c-at_max', 'w=200&h=300&fit=shrink'],
      ['w-200,h-300,c-at_max_enlarge', 'w=200&h=300'],
      ['w-200,h-300,c-at_least', 'w=200&h=300&fit=shrink-cover'],
      ['w-200,h-300,c-maintain_ratio', 'w=200&h=300&fit=crop&crop=center', ['c-maintain_ratio']],
      ['w-200,h-300,cm-pad_resize,bg-F3F3F3', 'w=200&h=300&fit=pad&crop=center&bg=f3f3f3ff'],
      ['w-200,h-300,cm-extract,x-10,y-20', 'crop-x=10&crop-y=20&crop-w=200&crop-h=300'],
      ['w-200,h-300,fo-top_left', 'w=200&h=300&fit=crop&crop=top-left'],
      ['w-320,ar-16-9', 'w=320&h=180&fit=crop&crop=center'],
      ['w-200,f-webp,q-60', 'w=200&f=webp&q=60'],
      ['w-200,dpr-2', 'w=400'],
      ['w-200,rt-90', 'rotate=90&h=200'],
      ['w-200,fl-h', 'flop=true&w=200'],
      ['w-200,r-20', 'w=200&border-radius=20'],
      ['w-200,r-max', 'w=200&border-radius=max'],
      ['w-200,e-grayscale', 'w=200&grayscale=true'],
      ['w-400,h-300:w-200', null],
    ]),
    ...all(
      URL,
      `w-0.5 h-200 f-auto,w-200 f-png f-jpg f-avif q-50 bl-10 bl-100 e-sharpen e-sharpen-10 e-contrast fo-auto,w-200,h-200 fo-face,w-200,h-200 fo-right,w-200,h-100 rt-180 rt-N45 fl-v fl-h_v t-true t-10 lo-true,f-webp
      md-true pr-true,w-300 cp-true di-default.jpg,w-200 n-media_library_thumbnail`,
    ),
    ['https://ik.imagekit.io/demo/default-image.jpg?tr=w-400,h-300', 'w=400&h=300&fit=crop&crop=center'],
    ['https://ik.imagekit.io/demo/default-image.jpg?tr=w-200&ik-attachment=true', 'w=200&download=true'],
  ],
}
