import { createAccess } from './access.ts'
import type { Session } from './api-key.ts'
import { createCodePanel } from './code-panel.ts'
import { createCompare } from './compare.ts'
import { element } from './element.ts'
import { createFailure } from './failure.ts'
import { onFile } from './file-picker.ts'
import { fillForm, readForm, reflectControls, setDefaultWidth } from './form.ts'
import { imageUrl, rawUrl, type Wish } from './image-url.ts'
import { keyInFragment, readLink, writeLink, type Fields } from './link.ts'
import { refusalOf } from './photograph-check.ts'
import { createPreview } from './preview.ts'
import { recipeOf } from './recipe.ts'
import { uploadPhotograph, type Cancellation } from './upload.ts'

/** The server's limit for a picture; scripts/build-console.ts writes the number of emulsion.config.ts here. */
declare const MAX_PHOTOGRAPH_BYTES: number

/** A slider sends many events; the last one counts once it rests. */
const REST_MS = 180
const SAMPLE = '/samples/lake.jpg'
/** Larger pictures are scaled to it; smaller ones keep their width. */
const DEFAULT_WIDTH = 800

const form = element('recipe', HTMLFormElement)
const compare = createCompare()
const preview = createPreview()
const codePanel = createCodePanel()
let filePath: string | null = null
let upload: Cancellation | null = null
let timer: ReturnType<typeof setTimeout> | undefined

const failure = createFailure()
const access = createAccess((isSameAccount) => {
  failure.clear()
  if (isSameAccount) void render()
  else if (filePath !== null) {
    close()
    clearAddress()
  }
})
const clearAddress = (): void => history.replaceState(null, '', location.pathname)

function currentWish(): Wish | null {
  const session = access.current()
  if (!session || filePath === null) return null
  return { origin: location.origin, accountId: session.accountId, filePath, recipe: recipeOf(readForm(form)) }
}

/** Old figures never stand beside a failure. @param dismissed called when the user closes the message. */
function fail(error: unknown, dismissed?: () => void): void {
  preview.clearFigures()
  failure.show(error, dismissed)
}

function close(): void {
  filePath = null
  document.body.classList.remove('opened')
  preview.clear()
}

/** Shows a stored file. Without `fields` the form keeps what it says, and its default width fits the picture. */
async function open(path: string, fields?: Fields): Promise<void> {
  close()
  failure.clear()
  filePath = path
  document.body.classList.add('opened')
  try {
    const wish = currentWish()
    const source = wish && (await preview.open(rawUrl(wish)))
    if (!source) return
    setDefaultWidth(source.width === 0 ? DEFAULT_WIDTH : Math.min(DEFAULT_WIDTH, source.width))
    if (fields) fillForm(form, fields)
    update()
  } catch (error) {
    close()
    fail(error)
  }
}

/** Brings the page in step with the form. */
function update(): void {
  reflectControls(form)
  const wish = currentWish()
  if (!wish) return
  history.replaceState(null, '', `#${writeLink({ filePath: wish.filePath, fields: readForm(form) })}`)
  codePanel.show(wish, null)
  clearTimeout(timer)
  timer = setTimeout(() => void render(), REST_MS)
}

async function render(): Promise<void> {
  const wish = currentWish()
  if (!wish) return
  try {
    const result = await preview.show(imageUrl(wish))
    if (!result) return
    failure.clear()
    codePanel.show(wish, result.format)
  } catch (error) {
    fail(error)
  }
}

/** Checks and uploads a file, and shows it. A newer file ends the upload of an older one. */
async function take(file: File, owner: Session): Promise<void> {
  failure.clear()
  const refusal = await refusalOf(file, MAX_PHOTOGRAPH_BYTES)
  if (refusal !== null) return fail(new Error(refusal), () => void render())
  if (upload) upload.isCancelled = true
  const mine = (upload = { isCancelled: false })
  try {
    const path = await uploadPhotograph(file, owner, mine)
    if (!mine.isCancelled) await open(path)
  } catch (error) {
    if (!mine.isCancelled) fail(error, () => void render())
  }
}

/** "Start over": the form's first values, and the picture that belongs to them. */
function startOver(): void {
  compare.set(false)
  update()
}

/** Follows the address: a key, or a picture with its form. */
function followFragment(): void {
  const fragment = location.hash.slice(1)
  const link = readLink(fragment)
  if (link) access.run(() => void open(link.filePath, link.fields))
  if (link || fragment === '') return
  // What is no link may be a key, which must not stay in the address.
  clearAddress()
  const given = keyInFragment(fragment)
  if (given) access.use(given)
}

onFile((file) => access.run((owner) => void take(file, owner)))
element('sample', HTMLButtonElement).addEventListener('click', () => access.run(() => void open(SAMPLE)))
form.addEventListener('input', update)
// The event comes before the controls change.
form.addEventListener('reset', () => setTimeout(startOver))
form.addEventListener('submit', (event) => event.preventDefault())
addEventListener('hashchange', () => followFragment())

reflectControls(form)
access.resume()
followFragment()
access.demand()
