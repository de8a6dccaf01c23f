import { element } from './element.ts'
import { imageUrl, type Wish } from './image-url.ts'
import { curlCommand, sdkCode } from './snippets.ts'

const COPIED_MS = 1500

const KINDS: Readonly<Record<string, (wish: Wish, resultFormat: string | null) => string>> = {
  url: imageUrl,
  curl: curlCommand,
  sdk: sdkCode,
}

/** Shows one of three ways to ask for the result, and copies it. */
export function createCodePanel() {
  const form = element('snippets', HTMLFormElement)
  const code = element('snippet', HTMLElement)
  const copy = element('copy', HTMLButtonElement)
  let current: { readonly wish: Wish; readonly resultFormat: string | null } | null = null
  const text = (): string => {
    const kind = new FormData(form).get('kind')
    return current && typeof kind === 'string' ? (KINDS[kind]?.(current.wish, current.resultFormat) ?? '') : ''
  }
  const render = (): void => {
    code.textContent = text()
  }
  form.addEventListener('change', render)
  copy.addEventListener('click', () => {
    void copyText(text(), code).then((done) => {
      copy.textContent = done ? 'Copied' : 'Press Ctrl+C'
      setTimeout(() => (copy.textContent = 'Copy'), COPIED_MS)
    })
  })
  return {
    /** @param resultFormat `null` until the server has answered. */
    show(wish: Wish, resultFormat: string | null): void {
      current = { wish, resultFormat }
      render()
      element('open', HTMLAnchorElement).href = imageUrl(wish)
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
