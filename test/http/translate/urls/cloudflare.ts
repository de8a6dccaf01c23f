import { type Documented, withoutPieces, withoutQuery } from './documented.ts'

/** Options and values of developers.cloudflare.com/images/optimization/features. */
export const cloudflare: Documented = {
  mutants: (url) => [
    ...withoutPieces(url, /\/cdn-cgi\/image\/([^/]+)/, ','),
    ...(url.includes('imagedelivery') ? [...withoutPieces(url, /\/([^/]*=[^/?]*)(\?|$)/, ','), ...withoutQuery(url)] : []),
  ],
  rows: [
    ['https://example.com/cdn-cgi/image/width=80,quality=75/uploads/avatar1.jpg', 'w=80&fit=shrink&q=75'],
    [
      'https://example.com/cdn-cgi/image/fit=pad,w=400,h=300,background=%23ff8000,f=auto/https://other.com/a/b.png',
      'w=400&h=300&fit=pad&crop=center&bg=ff8000ff&f=auto&q=85',
    ],
  ],
}
