import { AppError } from '../../../../errors.ts'
import { streamOf } from '../../../../service/files/content/collect-body.ts'
import type { FileBody } from '../../../../service/ports.ts'

function decode(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

const refuse = (reason: string): AppError => new AppError('invalid_body', { field: 'base64decode', reason })

/**
 * Decodes base64 of either alphabet as it comes in, with or without padding and line breaks. It holds three characters at most.
 * The stream throws AppError `invalid_body` for any other text.
 */
export function decodeBase64(body: FileBody): ReadableStream<Uint8Array> {
  const latin1 = new TextDecoder('latin1')
  let [rest, end] = ['', '']
  const source = body instanceof Uint8Array ? streamOf([body]) : body.stream
  return source.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const text = latin1.decode(chunk).replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/')
        const [, letters = '', padding = ''] = /^([A-Za-z0-9+/]*)(=*)$/.exec(text) ?? ['', '', 'none']
        if (padding === 'none' || (end !== '' && letters !== '')) throw refuse('Expected base64, received another character.')
        end = (end + padding).slice(0, 3)
        const known = rest + letters
        const whole = known.length - (known.length % 4)
        rest = known.slice(whole)
        if (whole > 0) controller.enqueue(decode(known.slice(0, whole)))
      },
      flush(controller) {
        const isWhole = rest.length !== 1 && (end === '' || (rest !== '' && rest.length + end.length === 4))
        if (!isWhole) throw refuse('Expected whole base64, received a part.')
        if (rest !== '') controller.enqueue(decode(rest))
      },
    }),
  )
}
