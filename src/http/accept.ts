import type { AutoFormat } from '../image/plan.ts'

/** Whether an `Accept` header names a type. A wildcard does not: browsers add one to the newer types that they show. */
export const isNamed = (accept: string | undefined, mime: string): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === mime && !params.some((param) => /^q=0(\.0*)?$/.test(param))
  })

/** One of three words for all headers there are, so that results are not kept once for each of them. */
export const autoFormat = (accept: string | undefined): AutoFormat =>
  isNamed(accept, 'image/avif') ? 'auto-avif' : isNamed(accept, 'image/webp') ? 'auto-webp' : 'auto'
