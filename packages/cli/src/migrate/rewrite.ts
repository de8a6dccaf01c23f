import type { Translation } from '../../../../src/http/translate/translate.ts'

/** A URL that stays as it is, and why. */
export interface Kept {
  readonly url: string
  readonly because: string
}

export interface Rewritten {
  readonly text: string
  readonly changed: number
  readonly kept: readonly Kept[]
}

/** Up to what ends a URL in HTML, CSS, Markdown and code. */
const URLS = /https?:\/\/[^\s"'`<>()\\]+/g

/**
 * Exchanges the URLs of other image services in a text for ours. Only those that say exactly the same are exchanged; the others stay.
 * @param translate answers `null` for what is no URL of such a service.
 * @param origin in front of our URLs.
 */
export function rewriteUrls(text: string, origin: string, translate: (url: string) => Translation | null): Rewritten {
  const kept: Kept[] = []
  let changed = 0
  const rewritten = text.replaceAll(URLS, (found) => {
    const url = found.replaceAll('&amp;', '&')
    const translation = translate(url)
    if (!translation) return found
    const because = reasonToKeep(translation)
    if (because !== null || translation.url === null) {
      kept.push({ url, because: because ?? '' })
      return found
    }
    changed++
    const ours = origin + translation.url
    return found.includes('&amp;') ? ours.replaceAll('&', '&amp;') : ours
  })
  return { text: rewritten, changed, kept }
}

function reasonToKeep({ url, reason, lost, differs }: Translation): string | null {
  if (url === null) return reason ?? 'No image URL says this.'
  const told = [...lost, ...differs].map(({ parameter, because }) => `${parameter}: ${because}`)
  return told.length === 0 ? null : told.join(' ')
}
