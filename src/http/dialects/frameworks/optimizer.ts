import { type AppError } from '../../../errors.ts'
import { DEFAULT_OUTPUT, step } from '../../../image/plan.ts'
import { readArgs } from '../../args.ts'
import type { Door, DoorWish, Entries } from './door.ts'
import { demanded, divided } from './query.ts'
import { negotiated } from './words.ts'

/** `url`, `w` and `q` must be given. `dpl` names a deployment there; the path names the file. */
const OWN: readonly string[] = ['url', 'w', 'q', 'dpl']

/** The optimizer of Next.js, and that of Vercel: a width that is never enlarged, in a format that the client names. */
function readOptimizer(_rest: string, query: Entries, accept: string | undefined): DoorWish {
  const { own, others } = divided(query, OWN)
  const args = readArgs(own)
  const source = demanded(args.text('url'), 'url')
  const width = demanded(args.integer({ min: 1 }, 'w'), 'w')
  const quality = demanded(args.integer({ min: 1, max: 100 }, 'q'), 'q')
  const plan = {
    steps: [step('resize', { width, enlarge: false }, 'w')],
    output: { ...DEFAULT_OUTPUT, format: 'auto' as const, quality },
  }
  return { source, query: others, ...negotiated(plan, accept) }
}

/** `/_next/image?url&w&q` */
export const next: Door = {
  name: 'next',
  route: '/_next/image',
  isAtRoot: true,
  read: readOptimizer,
  renderError: ({ publicText }) => publicText,
}

/** `/_vercel/image?url&w&q` */
export const vercel: Door = {
  name: 'vercel',
  route: '/_vercel/image',
  isAtRoot: true,
  read: readOptimizer,
  renderError: (error) => `${vercelCode(error)}: ${error.publicText}`,
  errorHeaders: (error) => ({ 'X-Vercel-Error': vercelCode(error) }),
}

/** The names that Vercel documents for its optimizer (vercel.com/docs/errors). */
const vercelCode = ({ fault }: AppError): string =>
  fault.status === 404 ? 'NOT_FOUND' : fault.status < 500 ? 'INVALID_IMAGE_OPTIMIZE_REQUEST' : 'INTERNAL_OPTIMIZED_IMAGE_REQUEST_FAILED'
