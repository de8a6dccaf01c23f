import { AppError } from '../../../../errors.ts'
import type { Wait } from '../../../../service/ports.ts'
import { errorElement, type ErrorPlace } from '../render-error.ts'
import { HEAD, XML_HEADERS, xmlResponse } from './write.ts'

/** How long an answer may take before its beginning is sent, and then from one sign of life to the next. */
const PATIENCE_MS = 5_000

/**
 * The answer to a call that may take minutes. What takes longer than a moment is answered 200 at once, and white space goes out until the XML is there, so that no
 * client or proxy gives up; an error comes in its place then, as S3 does it ("CompleteMultipartUpload" of the API Reference).
 * @param work the root element. @param failed is told of an error that came late.
 */
export async function answerLate(
  work: Promise<string>,
  place: Omit<ErrorPlace, 'method'>,
  { wait, failed }: { readonly wait: Wait; readonly failed: (error: AppError) => void },
): Promise<Response> {
  const soon = await Promise.race([work, wait(PATIENCE_MS).then(() => null)])
  if (soon !== null) return xmlResponse(soon, 200)
  const encoder = new TextEncoder()
  let text: string | undefined
  const settled = work
    .catch((thrown: unknown) => {
      const error = AppError.from(thrown)
      failed(error)
      return errorElement(error, place)
    })
    .then((root) => {
      text = root
    })
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(HEAD)),
    async pull(controller) {
      await Promise.race([settled, wait(PATIENCE_MS)])
      controller.enqueue(encoder.encode(text ?? ' '))
      if (text !== undefined) controller.close()
    },
  })
  return new Response(body, { headers: XML_HEADERS })
}
