import { AppError } from '../../../../errors.ts'

/** The names of the protocol's stores. Only the first one is here: the account's own bucket. */
const LOCATIONS: readonly string[] = ['s3', 'azure', 'dropbox', 'rackspace', 'gcs']

/** @throws AppError `invalid_parameter`, `not_implemented` (a store that is not configured). */
export function checkLocation(location: string): void {
  const name = location.toLowerCase()
  if (name === 's3' || name === '') return
  const received = JSON.stringify(location.slice(0, 40))
  if (!LOCATIONS.includes(name))
    throw new AppError('invalid_parameter', { field: 'location', reason: `Expected one of ${LOCATIONS.join(', ')}, received ${received}.` })
  throw new AppError('not_implemented', {
    field: 'location',
    reason: `The location ${received} is not configured: filestackApps[].containers holds folders of S3, the account's own bucket, alone.`,
  })
}
