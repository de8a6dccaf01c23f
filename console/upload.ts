import { UploadManager } from '@bytescale/sdk'
import { bytesText } from './amounts.ts'
import { element } from './element.ts'
import type { Session } from './session.ts'

/** Uploads as any application would: by the vendor's SDK, with nothing changed but its base URLs and the key. */
export async function uploadPhotograph(file: File, { apiKey }: Session): Promise<string> {
  const progress = element('progress', HTMLProgressElement)
  const status = element('upload-status', HTMLElement)
  const panel = element('uploading', HTMLElement)
  panel.hidden = false
  try {
    const manager = new UploadManager({ apiKey, apiUrl: location.origin, cdnUrl: location.origin })
    const uploaded = await manager.upload({
      data: file,
      path: {
        folderPath: '/console',
        fileName: '{ORIGINAL_FILE_NAME}-{UNIQUE_DIGITS_6}{ORIGINAL_FILE_EXT}',
        fileNameFallback: 'photograph-{UNIQUE_DIGITS_6}',
      },
      onProgress({ bytesSent, bytesTotal }) {
        progress.value = bytesTotal === 0 ? 1 : bytesSent / bytesTotal
        status.textContent = `${file.name} · ${bytesText(bytesSent)} of ${bytesText(bytesTotal)}`
      },
    })
    status.textContent = `${file.name} is stored as ${uploaded.filePath}.`
    return uploaded.filePath
  } finally {
    panel.hidden = true
    progress.value = 0
  }
}

/** Photographs from the file dialog, and from a drop anywhere on the page. */
export function onPhotograph(use: (file: File) => void): void {
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
