import { readApiKey, type Session } from './api-key.ts'
import { element } from './element.ts'

const STORED = 'emulsion-key'

export interface KeyDialog {
  /** Asks for a key. */
  open(): void
}

/** The dialog that asks for a key. @param use called with each key that is entered. @param cancel called when the dialog ends without one. */
export function createKeyDialog(use: (session: Session) => void, cancel: () => void): KeyDialog {
  const dialog = element('key-dialog', HTMLDialogElement)
  const input = element('key-input', HTMLInputElement)
  const error = element('key-error', HTMLElement)
  const sayError = (text: string): void => {
    error.textContent = text
    input.setAttribute('aria-invalid', String(text !== ''))
  }
  input.addEventListener('input', () => sayError(''))
  element('key-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    const session = readApiKey(input.value)
    if (session === null) return sayError('This is not a key. A key looks like public_Emu1s1n… and has no spaces.')
    use(session)
    dialog.close('entered')
  })
  element('key-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => {
    if (dialog.returnValue !== 'entered') cancel()
    dialog.returnValue = ''
    input.value = ''
    sayError('')
  })
  const open = (): void => {
    if (!dialog.open) dialog.showModal()
  }
  element('change-key', HTMLButtonElement).addEventListener('click', open)
  return { open }
}

/** The key that this tab knows from before. `null` also where the browser keeps nothing. */
export function storedSession(): Session | null {
  try {
    return readApiKey(sessionStorage.getItem(STORED) ?? '')
  } catch {
    return null
  }
}

/** Keeps the key until the tab closes. */
export function storeSession({ apiKey }: Session): void {
  try {
    sessionStorage.setItem(STORED, apiKey)
  } catch {
    // The browser keeps nothing: the key holds until the page is loaded again.
  }
}
