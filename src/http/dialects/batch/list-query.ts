import type { ListQuery } from '../../../service/processes/ports.ts'
import type { ProcessKind, ProcessStatus } from '../../../service/processes/record.ts'
import { invalidParameter, readArgs } from '../../args.ts'
import { chooseService, type BatchService } from './services.ts'

const STATUSES = { PENDING: 'PENDING', PROCESSING: 'PROCESSING', FINISHED: 'FINISHED', FAILED: 'FAILED' } as const satisfies Record<
  string,
  ProcessStatus
>
const KINDS = { batch: 'batch', trigger: 'trigger' } as const satisfies Record<string, ProcessKind>
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** `?service_id=1&status=FAILED&kind=trigger&limit=50&cursor=…`. @throws AppError `invalid_parameter`, `unknown_parameter`, `forbidden`. */
export function readListQuery(
  search: URLSearchParams,
  own: readonly BatchService[],
): { readonly service: BatchService; readonly query: ListQuery } {
  const args = readArgs(search)
  const id = args.integer({ min: 0 }, 'service_id') ?? own[0]?.id ?? -1
  const limit = args.integer({ min: 1, max: MAX_LIMIT }, 'limit') ?? DEFAULT_LIMIT
  const status = args.oneOf(STATUSES, 'status')
  const kind = args.oneOf(KINDS, 'kind')
  const cursor = args.text('cursor')
  if (cursor !== undefined && !/^\d{1,15}-.{1,100}$/.test(cursor)) throw invalidParameter('cursor', 'the cursor of the page before', cursor)
  args.done()
  const service = chooseService(own, id)
  return { service, query: { service: service.id, limit, cursor, ...(status && { statuses: [status] }), ...(kind && { kinds: [kind] }) } }
}
