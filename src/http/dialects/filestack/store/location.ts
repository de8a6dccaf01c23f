import { AppError } from '../../../../errors.ts'

/** The names of the protocol's stores. The first one is the account's own bucket where nothing else is configured for it. */
const LOCATIONS: readonly string[] = ['S3', 'azure', 'dropbox', 'rackspace', 'gcs']

/** The location as the protocol writes it; S3 for ''. @throws AppError `invalid_parameter` for any other. */
export function readLocation(location: string): string {
  const name = LOCATIONS.find((each) => each.toLowerCase() === (location.toLowerCase() || 's3'))
  if (name !== undefined) return name
  const expected = `Expected one of ${LOCATIONS.join(', ')}, received ${JSON.stringify(location.slice(0, 40))}.`
  throw new AppError('invalid_parameter', { field: 'location', reason: expected })
}

/** @param lacks the setting that is missing. */
export const lackingLocation = (location: string, lacks: string): AppError =>
  new AppError('not_implemented', { field: 'location', reason: `The location ${location} is not configured: ${lacks}.` })
