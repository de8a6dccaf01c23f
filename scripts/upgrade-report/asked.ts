/** What an image URL asks for, apart from which file it is. */
export interface Asked {
  /** The processing, and the query as it was sent: `image?w=400&f=webp`. */
  readonly wish: string
  readonly times: number
}

/** Everyday wishes, for whoever has no log at hand. */
const EVERYDAY: readonly string[] = [
  'image?w=400&f=webp',
  'image?w=800&f=webp',
  'image?w=1600&f=webp&q=75',
  'image?w=800&f=jpg',
  'image?w=300&h=300&fit=crop&f=webp',
  'image?w=300&h=300&fit=crop&crop=smart&f=jpg',
  'image?w=600&f=png',
  'image?w=400&rotate=90&f=jpg',
  'image?w=400&grayscale=true&f=jpg',
  'image?w=400&blur=5&f=jpg',
  'image?w=400&sharpen=2&f=jpg',
  'image?w=400&text=Emulsion&f=jpg',
  'image?w=400&q=auto&f=webp',
]

/**
 * The wishes of a log's lines, the most frequent first. Any line with a path `/{account}/{processing}/…?…` counts, in whatever form it stands there; signatures, versions and
 * what else says nothing of the picture are left out.
 */
export function mostAsked(log: string | null, account: string, most: number): readonly Asked[] {
  if (log === null) return EVERYDAY.slice(0, most).map((wish) => ({ wish, times: 1 }))
  const counts = new Map<string, number>()
  for (const [, path = ''] of log.matchAll(new RegExp(`/${account}(/[^\\s"'<>]+)`, 'g'))) {
    const url = new URL(path, 'http://log.invalid')
    const processing = url.pathname.split('/')[1] ?? ''
    if (processing === 'raw' || processing === 'save') continue
    for (const name of NOT_OF_THE_PICTURE) url.searchParams.delete(name)
    const query = url.searchParams.toString()
    const wish = query === '' ? processing : `${processing}?${query}`
    counts.set(wish, (counts.get(wish) ?? 0) + 1)
  }
  return [...counts]
    .map(([wish, times]) => ({ wish, times }))
    .toSorted((a, b) => b.times - a.times || (a.wish < b.wish ? -1 : 1))
    .slice(0, most)
}

const NOT_OF_THE_PICTURE = [
  'version',
  'v',
  'sig',
  'exp',
  'cache',
  'cache-ttl',
  'cache_ttl',
  'cache-ttl-404',
  'cache_ttl_404',
  'cache-perm',
  'cache_perm',
  'cache-only',
  'cache_only',
  'download',
  'auth',
]
