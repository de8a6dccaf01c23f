import { element } from './element.ts'

/** The message on the stage that says what went wrong. It stays until it is dismissed, or until something succeeds. */
export function createFailure() {
  const stage = element('stage', HTMLElement)
  const text = element('failure-text', HTMLElement)
  let whenDismissed: (() => void) | undefined
  const clear = (): void => {
    text.textContent = ''
    if (stage.dataset['state'] === 'failed') stage.dataset['state'] = 'empty'
  }
  element('dismiss', HTMLButtonElement).addEventListener('click', () => {
    clear()
    whenDismissed?.()
  })
  return {
    clear,
    /** @param dismissed called when the user closes the message. */
    show(error: unknown, dismissed?: () => void): void {
      whenDismissed = dismissed
      stage.dataset['state'] = 'failed'
      text.textContent = messageOf(error)
    },
  }
}

/** What `fetch` throws says nothing to people: each browser has words of its own for it. */
const messageOf = (error: unknown): string =>
  error instanceof TypeError ? 'The server cannot be reached.' : error instanceof Error ? error.message : String(error)
