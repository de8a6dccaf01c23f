import { all, type Made, each, withoutPieces, withoutQuery } from './made.ts'

const URL = 'https://example.com/cdn-cgi/image/*/uploads/photo.jpg'

/** Options and values of developers.cloudflare.com/images/optimization/features. */
export const cloudflare: Made = {
  mutants: (url) => [
    ...withoutPieces(url, /\/cdn-cgi\/image\/([^/]+)/, ',').filter(({ url: rest }) => !rest.includes('image//')),
    ...(url.includes('imagedelivery') ? [...withoutPieces(url, /\/([^/]*=[^/?]*)(\?|$)/, ','), ...withoutQuery(url)] : []),
  ],
  rows: [
    ...each(URL, [
      ['width=80,quality=75', 'w=80&fit=shrink&q=75'],
      ['w=400,h=300', 'w=400&h=300&fit=shrink&q=85'],
      ['fit=scale-down,width=500,height=500', 'w=500&h=500&fit=shrink&q=85', ['fit=scale-down']],
      ['fit=contain,width=500,height=500', 'w=500&h=500&q=85'],
      ['fit=cover,width=500,height=500', 'w=500&h=500&fit=crop&crop=center&q=85'],
      ['fit=squeeze,width=500,height=300', 'w=500&h=300&fit=stretch&q=85'],
      ['fit=cover,width=200,height=200,gravity=left', 'w=200&h=200&fit=crop&crop=left&q=85'],
      ['fit=cover,width=200,height=200,gravity=0.5x1', 'w=200&h=200&fit=crop&crop=bottom&q=85'],
      ['fit=pad,w=400,h=300,background=%23ff8000,f=auto', 'w=400&h=300&fit=pad&crop=center&bg=ff8000ff&f=auto&q=85'],
      ['rotate=90,flip=h,width=10', 'rotate=-90&flop=true&w=10&fit=shrink&q=85'],
      ['rotate=90,width=300', 'rotate=90&w=300&fit=shrink&q=85'],
      ['dpr=2,width=300', 'w=600&fit=shrink&q=85'],
      ['anim=false,width=300', 'w=300&fit=shrink&q=85&anim=false'],
      ['metadata=copyright,width=300', 'w=300&fit=shrink&q=85&metadata=copyright'],
      ['format=webp,compression=lossless', 'f=webp&q=85&lossless=true'],
      ['width=300,quality=85', 'w=300&fit=shrink&q=85', ['quality=85']],
    ]),
    ...all(
      URL,
      `format=webp format=avif format=jpeg format=png format=baseline-jpeg,w=200 metadata=keep quality=50 quality=high,w=300 quality=medium-low,w=300
      fit=crop,width=200,height=200 fit=aspect-crop,width=200,height=200 gravity=auto,fit=cover,width=200,height=200 gravity=face,fit=cover,width=200,height=200
      gravity=top,fit=cover,width=200,height=200 blur=50 blur=250 sharpen=1 sharpen=10 brightness=0.5 contrast=1.5 saturation=0 saturation=2 gamma=1.5 flip=v flip=hv rotate=180 rotate=270
      trim=border width=auto onerror=redirect,width=300 segment=foreground,width=200`,
    ),
    ...all('https://example.com/cdn-cgi/image/*/https://other.example.com/a/b.png', 'width=80 w=80,h=80,fit=cover,g=right'),
    ['https://imagedelivery.net/ZWd9g1K7eljCn_KDTu_MWA/083eb7b2-5392-4565-b69e-aff66acddd00/w=400,sharpen=3'],
  ],
}
