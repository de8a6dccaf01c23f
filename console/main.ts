import { element } from './element.ts'
import { createPreview } from './preview.ts'
import { readRecipe, reflectControls } from './recipe.ts'
import { openSession, type Session } from './session.ts'
import { createSnippets, rawUrl, resultUrl, type Wish } from './snippets.ts'
import { onPhotograph, uploadPhotograph } from './upload.ts'

/** A slider sends many events; the last one counts once it rests. */
const REST_MS = 180
const SAMPLE = '/samples/lake.jpg'

const form = element('recipe', HTMLFormElement)
const preview = createPreview()
const snippets = createSnippets()
let session: Session | null = null
let filePath: string | null = null
let timer: ReturnType<typeof setTimeout> | undefined

function currentWish(): Wish | null {
  return session && filePath !== null ? { session, filePath, recipe: readRecipe(form) } : null
}

function update(): void {
  reflectControls(form)
  const wish = currentWish()
  if (!wish) return
  snippets.show(wish)
  clearTimeout(timer)
  timer = setTimeout(() => void preview.show(resultUrl(wish)).catch(report), REST_MS)
}

async function open(path: string): Promise<void> {
  filePath = path
  document.body.classList.add('opened')
  const wish = currentWish()
  if (wish) await preview.open(rawUrl(wish))
  update()
}

function report(error: unknown): void {
  element('stage', HTMLElement).dataset['state'] = 'failed'
  element('failure', HTMLElement).textContent = error instanceof Error ? error.message : String(error)
}

openSession((opened) => {
  session = opened
  update()
})
onPhotograph((file) => {
  if (session) void uploadPhotograph(file, session).then(open).catch(report)
})
element('sample', HTMLButtonElement).addEventListener('click', () => void open(SAMPLE).catch(report))
form.addEventListener('input', update)
form.addEventListener('reset', () => queueMicrotask(update))
form.addEventListener('submit', (event) => event.preventDefault())

const compare = element('compare', HTMLButtonElement)
compare.addEventListener('click', () => {
  const pressed = compare.getAttribute('aria-pressed') !== 'true'
  compare.setAttribute('aria-pressed', String(pressed))
  element('stage', HTMLElement).classList.toggle('original', pressed)
})
reflectControls(form)
