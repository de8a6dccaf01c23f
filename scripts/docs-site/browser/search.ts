import MiniSearch from 'minisearch'
import { INDEX_NAME, SEARCH_OPTIONS, type Found, type Searched } from '../search-options.ts'
import { linkFiles } from './files.ts'

const MAX_FOUND = 12
const root = new URL(document.documentElement.dataset['root'] ?? './', location.href)

/** The field in the header: a combobox whose list holds links to sections. */
export function startSearch(): void {
  const field = document.querySelector('#search')
  const list = document.querySelector('#found')
  const count = document.querySelector('#found-count')
  if (!(field instanceof HTMLInputElement) || !(list instanceof HTMLElement) || count === null) return
  let index: Promise<MiniSearch<Searched>> | undefined
  let chosen = -1

  const choose = (at: number): void => {
    const options = [...list.children]
    chosen = options.length === 0 ? -1 : (at + options.length) % options.length
    for (const [i, option] of options.entries()) option.setAttribute('aria-selected', String(i === chosen))
    options[chosen]?.scrollIntoView({ block: 'nearest' })
    if (chosen < 0) field.removeAttribute('aria-activedescendant')
    else field.setAttribute('aria-activedescendant', options[chosen]?.id ?? '')
  }
  const close = (): void => {
    list.hidden = true
    field.ariaExpanded = 'false'
    field.removeAttribute('aria-activedescendant')
  }
  const look = async (): Promise<void> => {
    index ??= loadIndex()
    const words = field.value.trim()
    const found = words === '' ? [] : find(await index, words)
    if (field.value.trim() !== words) return // typed on in the meantime
    list.replaceChildren(...found.map(optionOf))
    linkFiles(list)
    list.hidden = words === '' || found.length === 0
    field.ariaExpanded = String(!list.hidden)
    count.textContent = words === '' ? '' : found.length === 0 ? 'Nothing is found.' : `${found.length} found. Arrow keys choose one.`
    count.classList.toggle('unseen', words === '' || found.length > 0)
    choose(found.length > 0 ? 0 : -1)
  }

  field.disabled = false
  field.addEventListener('focus', () => {
    index ??= loadIndex()
  })
  field.addEventListener('input', () => void look())
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') choose(chosen + (event.key === 'ArrowDown' ? 1 : -1))
    else if (event.key === 'Enter')
      (list.children[chosen] as HTMLAnchorElement | undefined)?.click() // an option of `optionOf`
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
  })
  list.addEventListener('click', close)
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !field.closest('search')?.contains(event.target)) close()
  })
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    field.focus()
  })
}

/** Nothing without all words; with some of them when no section has all. */
function find(index: MiniSearch<Searched>, words: string): readonly Found[] {
  const all = index.search(words)
  return (all.length > 0 ? all : index.search(words, { combineWith: 'OR' })).slice(0, MAX_FOUND) as unknown as Found[] // with all stored fields
}

function optionOf({ url, page, heading, excerpt }: Found, at: number): HTMLElement {
  const [link, title, text] = [document.createElement('a'), document.createElement('strong'), document.createElement('span')]
  link.id = `found-${at}`
  link.role = 'option'
  link.href = new URL(url, root).href
  link.tabIndex = -1
  title.textContent = heading === '' ? page : `${page} · ${heading}`
  text.textContent = excerpt
  link.append(title, text)
  return link
}

/** The index is a script, which a page may also load that is opened as a file. */
async function loadIndex(): Promise<MiniSearch<Searched>> {
  const script = document.createElement('script')
  script.src = new URL('search-index.js', root).href
  await new Promise<void>((loaded, failed) => {
    script.addEventListener('load', () => loaded())
    script.addEventListener('error', () => failed(new Error('The index is not there.')))
    document.head.append(script)
  })
  const stored = (globalThis as unknown as Record<string, Parameters<typeof MiniSearch.loadJS>[0]>)[INDEX_NAME] // set by the script
  if (stored === undefined) throw new Error('The index is empty.')
  return MiniSearch.loadJS(stored, SEARCH_OPTIONS)
}
