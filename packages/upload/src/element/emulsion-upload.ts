import { createQueue, type Entry, type Queue, type QueueSettings } from './queue.ts'
import { createRow, make, type Row } from './row.ts'
import { STYLES } from './styles.ts'
import { filled, TEXTS, type Texts } from './texts.ts'

/** Attributes of the element (docs/upload.md). */
const ATTRIBUTES = ['url', 'account', 'key', 'preset', 'folder', 'name', 'accept', 'label', 'single', 'review', 'strip-location'] as const

/**
 * `<emulsion-upload>`: files that are chosen, dropped or pasted are made by the engine in the page, and sent. Fires `emulsion-prepared`, `emulsion-notice`,
 * `emulsion-progress`, `emulsion-uploaded` and `emulsion-error`, whose `detail` has the file.
 */
export class EmulsionUpload extends HTMLElement {
  static readonly formAssociated = true
  static readonly observedAttributes: readonly string[] = ATTRIBUTES

  readonly #internals = this.attachInternals()
  readonly #rows = new Map<Entry, Row>()
  readonly #told = new Map<Entry, string>()
  readonly #input = make('input', { type: 'file' })
  readonly #chosen = make('span', {})
  readonly #hint = make('span', { className: 'hint' })
  readonly #drop = make('div', { className: 'drop' })
  readonly #list = make('ul', { hidden: true })
  readonly #said = make('div', { className: 'said' })
  readonly #queue: Queue = createQueue(
    () => this.#settings(),
    (entry) => this.#changed(entry),
  )
  #texts: Texts = TEXTS

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
    const label = make('label', {})
    label.append(this.#input, this.#chosen)
    this.#drop.append(label, this.#hint)
    this.#drop.setAttribute('part', 'drop')
    this.#list.setAttribute('part', 'list')
    this.#said.setAttribute('role', 'status')
    const sheet = new CSSStyleSheet() // which policies of contents allow
    sheet.replaceSync(STYLES)
    root.adoptedStyleSheets = [sheet]
    root.append(this.#drop, this.#list, this.#said)
    this.#input.addEventListener('change', () => {
      this.add(this.#input.files ?? [])
      this.#input.value = ''
    })
    this.#drop.addEventListener('dragover', (event) => this.#over(event, true))
    this.#drop.addEventListener('dragleave', (event) => this.#over(event, false))
    this.#drop.addEventListener('drop', (event) => {
      this.#over(event, false)
      this.add(event.dataTransfer?.files ?? [])
    })
    this.addEventListener('paste', (event) => this.add(event.clipboardData?.files ?? []))
  }

  readonly #connected = (): void => this.#queue.connected()

  connectedCallback(): void {
    window.addEventListener('online', this.#connected)
    this.attributeChangedCallback()
  }

  /** An element that leaves the page sends nothing any more; one that is moved goes on. */
  disconnectedCallback(): void {
    window.removeEventListener('online', this.#connected)
    queueMicrotask(() => this.isConnected || this.pause())
  }

  attributeChangedCallback(): void {
    this.#input.multiple = !this.hasAttribute('single')
    this.#input.accept = this.getAttribute('accept') ?? 'image/*'
    this.#chosen.textContent = this.getAttribute('label') ?? this.#texts.choose
    this.#hint.textContent = this.#texts.hint
    this.#list.setAttribute('aria-label', this.#texts.list)
    for (const row of this.#rows.values()) row.update()
  }

  /** What it says, in another language: those that are left out stay. */
  set texts(texts: Partial<Texts>) {
    this.#texts = { ...TEXTS, ...texts }
    this.attributeChangedCallback()
  }

  /** All files of the list, in their order. */
  get entries(): readonly Entry[] {
    return this.#queue.entries
  }

  add(files: Iterable<File>): void {
    for (const file of this.hasAttribute('single') ? [...files].slice(0, 1) : files) {
      const entry = this.#queue.add(file)
      if (!this.#rows.has(entry)) this.#changed(entry)
    }
  }

  /** Of one file, or of all. */
  pause(entry?: Entry): void {
    for (const each of entry ? [entry] : this.entries) this.#queue.pause(each)
  }

  resume(entry?: Entry): void {
    for (const each of entry ? [entry] : this.entries) this.#queue.resume(each)
  }

  /** Sends what was reviewed. */
  send(entry?: Entry): void {
    for (const each of entry ? [entry] : this.entries) this.#queue.send(each)
  }

  /** Ends it and takes it off the list; what is stored stays. */
  cancel(entry?: Entry): void {
    for (const each of entry ? [entry] : this.entries) {
      this.#queue.cancel(each)
      this.#rows.get(each)?.remove()
      this.#rows.delete(each)
      this.#told.delete(each)
    }
    this.#list.hidden = this.#rows.size === 0
    this.#setFormValue()
  }

  /** @throws TypeError without `url` or `key`. */
  #settings(): QueueSettings {
    const demanded = (name: string): string => {
      const value = this.getAttribute(name)
      if (value === null || value === '') throw new TypeError(`<emulsion-upload> expects the attribute "${name}".`)
      return value
    }
    const folder = this.getAttribute('folder')
    return {
      service: {
        url: new URL(this.getAttribute('url') ?? '/', document.baseURI).href,
        key: demanded('key'),
        account: this.getAttribute('account') ?? undefined,
        preset: this.getAttribute('preset') ?? undefined,
      },
      place: folder === null ? undefined : { folderPath: folder },
      stripLocation: this.hasAttribute('strip-location'),
      isReviewed: this.hasAttribute('review'),
    }
  }

  #over(event: DragEvent, isOver: boolean): void {
    event.preventDefault()
    this.#drop.classList.toggle('over', isOver)
  }

  #changed(entry: Entry): void {
    if (!this.entries.includes(entry) && this.#told.has(entry)) return // cancelled
    let row = this.#rows.get(entry)
    if (!row) {
      row = createRow(
        entry,
        this.#queue,
        () => this.#texts,
        () => this.#removed(entry),
      )
      this.#rows.set(entry, row)
      this.#list.append(row.element)
      this.#list.hidden = false
    }
    row.update()
    this.#tell(entry)
  }

  /** Who took a row off the list by keyboard goes on at the next one. */
  #removed(entry: Entry): void {
    const next = this.#rows.get(entry)?.element.nextElementSibling ?? this.#input
    this.cancel(entry)
    ;(next.querySelector<HTMLElement>('button:not([hidden])') ?? this.#input).focus()
  }

  #tell(entry: Entry): void {
    const { file, prepared, sent, state, failure, path } = entry
    const before = this.#told.get(entry) ?? ''
    this.#told.set(entry, `${state}${prepared ? '+' : ''}`)
    const fire = (name: string, detail: object): void =>
      void this.dispatchEvent(new CustomEvent(`emulsion-${name}`, { bubbles: true, composed: true, detail: { file, ...detail } }))
    if (prepared && !before.endsWith('+')) {
      fire('prepared', { prepared })
      if (prepared.notice) fire('notice', prepared.notice)
    }
    fire('progress', { state, sent, total: prepared?.file.size ?? 0 })
    if (before.replace('+', '') === state) return
    if (state === 'done') {
      this.#setFormValue()
      fire('uploaded', { path, bytes: sent, prepared })
    }
    if (state === 'failed') fire('error', { ...failure })
    if (state === 'done' || state === 'failed' || state === 'offline' || state === 'ready') this.#say(entry)
  }

  #say({ file, state, failure }: Entry): void {
    const done = this.entries.filter((each) => each.state === 'done').length
    const said = state === 'failed' ? (failure?.message ?? '') : this.#texts[state]
    const all = this.entries.length > 1 ? `. ${filled(this.#texts.all, { done, all: this.entries.length })}` : ''
    this.#said.textContent = filled(this.#texts.of, { name: file.name, state: said }) + all
  }

  /** In a form it is the paths of what is stored. */
  #setFormValue(): void {
    const name = this.getAttribute('name')
    const form = new FormData()
    for (const { path } of this.entries) if (name !== null && path !== null) form.append(name, path)
    this.#internals.setFormValue(form)
  }
}
