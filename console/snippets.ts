import { UrlBuilder } from '@bytescale/sdk'
import { element } from './element.ts'
import type { Parameters } from './recipe.ts'
import type { Session } from './session.ts'

export interface Wish {
  readonly session: Session
  readonly filePath: string
  readonly recipe: readonly Parameters[]
}

export function resultUrl({ session, filePath, recipe }: Wish): string {
  const options = { transformation: 'image', transformationParams: recipe as Parameters[], cdnUrl: location.origin } as const
  return UrlBuilder.url({ accountId: session.accountId, filePath, options })
}

export const rawUrl = ({ session, filePath }: Wish): string =>
  UrlBuilder.url({ accountId: session.accountId, filePath, options: { cdnUrl: location.origin } })

/** For a shell: single quotes keep everything but themselves. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: 'jpg' }

function curlCall(wish: Wish): string {
  const format = String(wish.recipe[0]?.['f'] ?? '')
  const name = wish.filePath.slice(wish.filePath.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
  const extension = EXTENSIONS[format] ?? (format || 'jpg')
  return `curl --fail --output ${quoted(`${name}.${extension}`)} \\\n  ${quoted(resultUrl(wish))}`
}

function sdkCall({ session, filePath, recipe }: Wish): string {
  const groups = recipe.filter((group) => Object.keys(group).length > 0)
  const parameters = JSON.stringify(groups.length === 1 ? groups[0] : groups, null, 2).replaceAll('\n', '\n    ')
  return [
    `import { UrlBuilder } from '@bytescale/sdk'`,
    '',
    'const url = UrlBuilder.url({',
    `  accountId: ${JSON.stringify(session.accountId)},`,
    `  filePath: ${JSON.stringify(filePath)},`,
    '  options: {',
    `    cdnUrl: ${JSON.stringify(location.origin)},`,
    `    transformation: 'image',`,
    ...(groups.length === 0 ? [] : [`    transformationParams: ${parameters},`]),
    '  },',
    '})',
  ].join('\n')
}

const KINDS: Readonly<Record<string, (wish: Wish) => string>> = { url: resultUrl, curl: curlCall, sdk: sdkCall }

/** Keeps the three ways to ask for the result at hand, one of them on show. */
export function createSnippets() {
  const form = element('snippets', HTMLFormElement)
  const code = element('snippet', HTMLElement)
  const copy = element('copy', HTMLButtonElement)
  let wish: Wish | null = null
  const text = (): string => {
    const kind = new FormData(form).get('kind')
    return wish && typeof kind === 'string' ? (KINDS[kind]?.(wish) ?? '') : ''
  }
  const render = (): void => {
    code.textContent = text()
  }
  form.addEventListener('change', render)
  copy.addEventListener('click', () => {
    void copyText(text(), code).then((done) => {
      copy.textContent = done ? 'Copied' : 'Press Ctrl+C'
      setTimeout(() => (copy.textContent = 'Copy'), 1500)
    })
  })
  return {
    show(next: Wish): void {
      wish = next
      render()
      element('open', HTMLAnchorElement).href = resultUrl(next)
    },
  }
}

/** The clipboard needs a secure page; elsewhere the text is selected for the keyboard. */
async function copyText(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    getSelection()?.selectAllChildren(shown)
    return false
  }
}
