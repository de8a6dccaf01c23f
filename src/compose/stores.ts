import { createAzureStore } from '../adapters/stores/azure.ts'
import { createDropboxStore } from '../adapters/stores/dropbox.ts'
import { createS3Store } from '../adapters/stores/s3.ts'
import { createSwiftStore } from '../adapters/stores/swift.ts'
import type { Config } from '../config/load.ts'
import type { StoreSettings } from '../config/stores.ts'
import type { ObjectStore } from '../service/stores/object-store.ts'
import { wait } from './platform.ts'

/** The stores elsewhere that lack nothing. */
export const createStores = ({ stores }: Config): readonly ObjectStore[] =>
  stores.filter(({ lacks }) => lacks === null).map(({ settings }) => createStore(settings))

function createStore(settings: StoreSettings): ObjectStore {
  switch (settings.kind) {
    case 's3':
    case 'gcs':
      return createS3Store(settings, wait)
    case 'azure':
      return createAzureStore(settings, wait)
    case 'swift':
      return createSwiftStore(settings, wait)
    case 'dropbox':
      return createDropboxStore(settings, wait)
  }
}
