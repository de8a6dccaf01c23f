import { AppError } from '../../../../errors.ts'
import { demandBytes, demandDetails } from '../../../../service/access/reading.ts'
import { demandUnruled } from '../../../../service/protection/rules.ts'
import { standingOfCaller } from '../../../../service/protection/standing.ts'
import { answerStoredFile } from '../../../stored-file.ts'
import type { Call, S3Deps } from '../call.ts'
import { pathOfKey } from '../keys.ts'
import { objectHeaders } from './headers.ts'

/** GetObject and HeadObject, with conditions and one range. */
export async function answerObject({ c, request, account, caller }: Call, { files, snapshots, rulesOf }: S3Deps): Promise<Response> {
  const path = pathOfKey(request.key)
  const snapshot = await snapshots.read(account)
  if (request.method === 'HEAD') demandDetails(caller, snapshot, path)
  else {
    demandBytes(caller, snapshot, path)
    demandUnruled(rulesOf(account), standingOfCaller(caller, false), path)
  }
  const info = await files.head(account, path)
  if (!info) throw new AppError('file_not_found', { reason: 'The specified key does not exist.' })
  return answerStoredFile(c, files, account, info, objectHeaders(request, info))
}
