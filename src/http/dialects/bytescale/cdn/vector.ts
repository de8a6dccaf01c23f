import { AppError } from '../../../../errors.ts'
import { codec } from '../../../../image/plan.ts'
import { readHead } from '../../../../service/files/content/read-whole.ts'
import { readArgs } from '../../../args.ts'
import { isUrlMetadata, readDelivery } from '../image-query/delivery.ts'
import type { BytescaleContext } from '../env.ts'
import { answerOriginal, type RawDeps } from './raw.ts'
import type { OpenTarget } from './target.ts'

/** What a drawing has before its first element. */
const SNIFFED_BYTES = 4096

/** Whether an image URL asks for a drawing as it is stored. */
export const wantsVector = ({ query }: Pick<OpenTarget, 'query'>): boolean => query.some(([name, value]) => name === 'f' && value === 'svg')

/**
 * `GET|HEAD /{account}/image{path}?f=svg`: a stored SVG as it is. `target` is opened for `raw`: who may have it is who may have the file.
 * @throws AppError `unsupported_format` when the file is none, `invalid_parameter` for anything that would change the picture.
 */
export function answerVector(c: BytescaleContext, target: OpenTarget, deps: RawDeps): Promise<Response> {
  const args = readArgs(target.query.filter(([name]) => !isUrlMetadata(name)))
  args.text('f')
  const delivery = readDelivery(args)
  args.done('nothing that changes the picture beside "f=svg", which sends the stored drawing')
  return answerOriginal(c, target, delivery, deps, async (info) => {
    const head = await readHead(deps.files, target.account, info, SNIFFED_BYTES)
    const isCompressed = head[0] !== undefined && head[0] === 0x1f
    if (isCompressed || !codec('svg').sniff(head)) {
      const received = isCompressed ? 'a compressed file' : 'another format'
      throw new AppError('unsupported_format', { field: 'f', reason: `Expected a file in SVG for "f=svg", received ${received}.` })
    }
    return codec('svg').mime
  })
}
