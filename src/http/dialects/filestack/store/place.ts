import { AppError } from '../../../../errors.ts'
import { pathInStore, pathOfKey } from '../../../../service/handles/storage-key.ts'
import { type AppStore, containerOf, type FilestackApp } from '../apps.ts'
import { lackingLocation, readLocation } from './location.ts'
import type { StoreOptions } from './options.ts'

/** Where a new file goes, but for its key. */
export interface Place {
  readonly container: string
  /** What its record says of the store; nothing for the account's own bucket. */
  readonly known: { readonly location?: string; readonly isPublic?: boolean }
  /** @throws AppError `invalid_path`. */
  path(key: string): string
}

/**
 * The place that a request names by its location and container. S3 is the account's own bucket where no store of S3 is configured; where one is, it
 * comes first, and the bucket's containers are reached by their names.
 * @throws AppError `invalid_parameter`, `not_implemented` (a location that is not configured).
 */
export function choosePlace(
  app: FilestackApp,
  location: string,
  { container, isPublic }: Pick<StoreOptions, 'container' | 'isPublic'>,
): Place {
  const name = readLocation(location)
  const stores = app.stores.filter((store) => store.location === name)
  const isOwn = container === undefined ? stores.length === 0 : app.containers.some((each) => each.name === container)
  if (name === 'S3' && (isOwn || stores.length === 0)) {
    const { name: found, folder } = containerOf(app, container)
    return { container: found, known: {}, path: (key) => pathOfKey(folder, key) }
  }
  if (stores.length === 0) throw lackingLocation(name, 'filestackApps[].stores has no entry for it')
  return placeIn(stores, container, isPublic)
}

function placeIn(stores: readonly AppStore[], container: string | undefined, isPublic: boolean): Place {
  const usable = stores.filter(({ lacks }) => lacks === null)
  const [first] = usable
  if (!first) throw lackingLocation(stores[0]?.location ?? '', stores[0]?.lacks ?? '')
  if (container !== undefined && first.containers[0] === '')
    throw new AppError('invalid_parameter', { field: 'container', reason: `The location ${first.location} has no containers.` })
  const chosen = container === undefined ? first : usable.find(({ containers }) => containers.includes(container))
  const name = container ?? chosen?.containers[0]
  if (!chosen || name === undefined) {
    const known = usable.flatMap(({ containers }) => containers).join(', ')
    throw new AppError('invalid_parameter', {
      field: 'container',
      reason: `Expected one of ${known}, received ${JSON.stringify(container?.slice(0, 100))}.`,
    })
  }
  if (isPublic && !chosen.canPublish)
    throw new AppError('invalid_parameter', {
      field: 'access',
      reason: `The location ${chosen.location} opens whole containers, not single files: send private, or open the container there.`,
    })
  const { store, location } = chosen
  return { container: name, known: { location, ...(isPublic && { isPublic }) }, path: (key) => pathInStore(store, name, key) }
}
