import type { Session } from './api-key.ts'
import { element } from './element.ts'
import { createKeyDialog, storedSession, storeSession } from './key-dialog.ts'

/**
 * Knows the key that the page uses.
 * @param changed called when another key is in use; `isSameAccount` tells whether the account is the one of before.
 */
export function createAccess(changed: (isSameAccount: boolean) => void) {
  let session: Session | null = null
  /** What the user wanted to do when a key was missing. */
  let waiting: ((session: Session) => void) | null = null
  const dialog = createKeyDialog(use, () => (waiting = null))

  function use(next: Session): void {
    const isSameAccount = session?.accountId === next.accountId
    session = next
    storeSession(next)
    element('account', HTMLElement).textContent = next.accountId
    changed(isSameAccount)
    const action = waiting
    waiting = null
    action?.(next)
  }

  const known = storedSession()
  return {
    current: (): Session | null => session,
    use,
    /** Uses the key that this tab knows from before. */
    resume(): void {
      if (known) use(known)
    },
    /** Asks for a key where there is none. */
    demand(): void {
      if (!session) dialog.open()
    },
    /** Runs an action that needs a key: at once, or when one has been entered. */
    run(action: (session: Session) => void): void {
      if (session) return action(session)
      waiting = action
      dialog.open()
    },
  }
}
