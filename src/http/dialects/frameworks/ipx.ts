import { AppError, type ErrorCode } from '../../../errors.ts'
import { ipx as words, modifiersOf } from '../../foreign/services/ipx.ts'
import type { RenderError } from '../../dialect.ts'
import type { Door } from './door.ts'
import { referenceIn } from './source.ts'
import { readOptions } from './words.ts'

/** `/_ipx/{modifiers}/{path}`, of Nuxt and others. */
export const ipx: Door = {
  name: 'ipx',
  route: '/_ipx/*',
  isAtRoot: true,
  read(rest, query, accept) {
    const slash = rest.indexOf('/')
    const [modifiers, source] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)]
    if (modifiers === '' || source === '')
      throw new AppError('invalid_parameter', {
        field: modifiers === '' ? 'modifiers' : 'url',
        reason: 'Expected modifiers, or "_" for none, and the path of a file behind them.',
      })
    return { source: referenceIn(source), query, ...readOptions(words, modifiersOf(modifiers), accept) }
  },
  renderError: (error) => renderError(error),
}

/** Names of ipx for what it knows. */
const STATUS_TEXTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  file_not_found: 'IPX_FILE_NOT_FOUND',
  invalid_path: 'IPX_FORBIDDEN_PATH',
  forbidden: 'IPX_FORBIDDEN_FILE',
  invalid_image: 'IPX_INVALID_IMAGE',
}

const renderError: RenderError = ({ code, fault, publicText }) => ({
  error: { message: `[${fault.status}] [${STATUS_TEXTS[code] ?? 'IPX_ERROR'}] ${publicText}` },
})
