import type { Entry, Queue, State } from './queue.ts'
import { bytesText, filled, type Texts } from './texts.ts'

/** The row of a file in the list. */
export interface Row {
  readonly element: HTMLLIElement
  update(): void
  remove(): void
}

type Button = 'send' | 'pause' | 'resume' | 'retry' | 'cancel' | 'remove'

/** What can be done with a file, by what it is. */
const BUTTONS: Readonly<Record<State, readonly Button[]>> = {
  waiting: ['pause', 'cancel'],
  preparing: ['pause', 'cancel'],
  ready: ['send', 'cancel'],
  sending: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  offline: ['resume', 'cancel'],
  failed: ['retry', 'remove'],
  done: ['remove'],
}

export function createRow(entry: Entry, queue: Queue, texts: () => Texts, removed: () => void): Row {
  const element = document.createElement('li')
  const picture = make('img', { className: 'picture', alt: '' })
  const name = make('span', { className: 'name', textContent: entry.file.name })
  const sizes = make('span', { className: 'sizes' })
  const state = make('span', { className: 'state' })
  const bar = make('progress', { max: 1, value: 0 })
  const actions = make('span', { className: 'actions' })
  const text = make('div', { className: 'text' })
  text.append(name, sizes, state, bar)
  element.append(picture, text, actions)
  let address = ''

  const doing: Readonly<Record<Button, () => void>> = {
    send: () => queue.send(entry),
    pause: () => queue.pause(entry),
    resume: () => queue.resume(entry),
    retry: () => queue.resume(entry),
    cancel: removed,
    remove: removed,
  }

  const buttons = (Object.keys(doing) as Button[]).map((action) => {
    const button = make('button', { type: 'button', className: action })
    button.dataset['action'] = action
    button.addEventListener('click', doing[action])
    actions.append(button)
    return { action, button }
  })

  function showButtons(): void {
    const shown = BUTTONS[entry.state]
    const wasFocused = buttons.find(({ button }) => button.matches(':focus'))
    for (const { action, button } of buttons) {
      button.textContent = texts()[action]
      button.setAttribute('aria-label', `${texts()[action]}: ${entry.file.name}`)
      button.hidden = !shown.includes(action)
    }
    // Who works by keyboard keeps the place: the button that took over.
    if (wasFocused?.button.hidden === true) buttons.find(({ button }) => !button.hidden)?.button.focus()
  }

  /** The result as it is sent: what the page shows needs no server. */
  function showPicture(): void {
    if (!entry.prepared || address !== '') return
    address = URL.createObjectURL(entry.prepared.file)
    picture.src = address
  }
  picture.addEventListener('error', () => picture.removeAttribute('src')) // a format that the browser does not show

  return {
    element,
    update() {
      const { prepared, failure, file, sent } = entry
      element.dataset['state'] = entry.state
      showPicture()
      sizes.textContent = prepared
        ? filled(texts().sizes, { from: bytesText(file.size), to: bytesText(prepared.file.size) })
        : bytesText(file.size)
      const said = entry.state === 'failed' ? (failure?.message ?? '') : texts()[entry.state]
      state.textContent = prepared?.notice && entry.state !== 'failed' ? `${said} · ${prepared.notice.message}` : said
      bar.hidden = !['preparing', 'waiting', 'sending', 'paused', 'offline'].includes(entry.state)
      bar.setAttribute('aria-label', `${said}: ${file.name}`)
      if (prepared) bar.value = sent / Math.max(1, prepared.file.size)
      else bar.removeAttribute('value')
      showButtons()
    },
    remove() {
      if (address !== '') URL.revokeObjectURL(address)
      element.remove()
    },
  }
}

export const make = <N extends keyof HTMLElementTagNameMap>(
  name: N,
  members: Partial<HTMLElementTagNameMap[N]>,
): HTMLElementTagNameMap[N] => Object.assign(document.createElement(name), members)
