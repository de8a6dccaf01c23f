import { UploadManager } from '@bytescale/sdk'
import { bytesText } from './amounts.ts'
import { authorizationOf, type Session } from './api-key.ts'
import { element } from './element.ts'

/** A screen reader hears of the progress this many times an upload. */
const ANNOUNCED_STEPS = 4

/** Ends an upload: nothing more is sent. */
export interface Cancellation {
  isCancelled: boolean
}

/**
 * Uploads as any application would: by the vendor's SDK, with nothing changed but its base URLs and the key.
 * @returns the path of the stored file. @throws Error with the server's words; `CancelledError` of the SDK.
 */
export async function uploadPhotograph(file: File, session: Session, cancellationToken: Cancellation): Promise<string> {
  const progress = element('progress', HTMLProgressElement)
  const status = element('upload-status', HTMLElement)
  const panel = element('uploading', HTMLElement)
  panel.hidden = false
  progress.value = 0
  let announced = -1
  try {
    const { apiKey } = session
    const headers = { Authorization: authorizationOf(session) }
    const manager = new UploadManager({ apiKey, headers, apiUrl: location.origin, cdnUrl: location.origin })
    const uploaded = await manager.upload({
      data: file,
      cancellationToken,
      path: {
        folderPath: '/console',
        fileName: '{ORIGINAL_FILE_NAME}-{UNIQUE_DIGITS_6}{ORIGINAL_FILE_EXT}',
        fileNameFallback: 'photograph-{UNIQUE_DIGITS_6}',
      },
      onProgress({ bytesSent, bytesTotal }) {
        progress.value = bytesTotal === 0 ? 1 : bytesSent / bytesTotal
        const step = Math.floor(progress.value * ANNOUNCED_STEPS)
        if (step > announced) status.textContent = `${file.name} · ${bytesText(bytesSent)} of ${bytesText(bytesTotal)}`
        announced = Math.max(announced, step)
      },
    })
    return uploaded.filePath
  } finally {
    if (!cancellationToken.isCancelled) {
      panel.hidden = true
      status.textContent = ''
    }
  }
}
