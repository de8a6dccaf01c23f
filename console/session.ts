import { element } from './element.ts'

const STORED = 'emulsion-key'

/** Who the page speaks for. `npm start` prints its URL with the public key behind the `#`, which no server sees. */
export interface Session {
  readonly apiKey: string
  readonly accountId: string
}

/** "The account id is cut out of the key: the 7 characters after the first `_`" */
export function readSession(key: string): Session | null {
  const accountId = /^[a-z]+_([1-9A-HJ-NP-Za-km-z]{7})[1-9A-HJ-NP-Za-km-z]+$/.exec(key.trim())?.[1]
  return accountId === undefined ? null : { apiKey: key.trim(), accountId }
}

/** Calls `use` with the session: at once when the URL or this tab knows a key, and whenever another one is entered. */
export function openSession(use: (session: Session) => void): void {
  const dialog = element('key-dialog', HTMLDialogElement)
  const input = element('key-input', HTMLInputElement)
  const accept = (key: string): boolean => {
    const session = readSession(key)
    if (session) {
      sessionStorage.setItem(STORED, session.apiKey)
      element('account', HTMLElement).textContent = session.accountId
      use(session)
    }
    return session !== null
  }
  input.addEventListener('input', () => input.setCustomValidity(''))
  element('key-form', HTMLFormElement).addEventListener('submit', (event) => {
    if (accept(input.value)) return
    event.preventDefault()
    input.setCustomValidity('A key looks like public_Emu1s1n… and has no spaces.')
    input.reportValidity()
  })
  element('change-key', HTMLButtonElement).addEventListener('click', () => dialog.showModal())

  const given = decodeURIComponent(location.hash.slice(1))
  if (given !== '') history.replaceState(null, '', location.pathname)
  if (!accept(given) && !accept(sessionStorage.getItem(STORED) ?? '')) dialog.showModal()
}
