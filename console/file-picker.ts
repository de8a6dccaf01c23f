import { element } from './element.ts'

/** Hands over a file from the file dialog, or from a drop anywhere on the page. Of several, the first. */
export function onFile(use: (file: File) => void): void {
  const input = element('file', HTMLInputElement)
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file) use(file)
    input.value = ''
  })
  let depth = 0
  const mark = (change: number): void => {
    depth = Math.max(0, depth + change)
    document.body.classList.toggle('dropping', depth > 0)
  }
  addEventListener('dragenter', () => mark(1))
  addEventListener('dragleave', () => mark(-1))
  addEventListener('dragover', (event) => event.preventDefault())
  addEventListener('drop', (event) => {
    event.preventDefault()
    mark(-depth)
    const file = event.dataTransfer?.files[0]
    if (file) use(file)
  })
}
