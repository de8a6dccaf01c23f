import { createWebOrigin } from '../adapters/mounts/web-origin.ts'
import type { Config } from '../config/load.ts'
import type { MountSettings } from '../config/mounts.ts'
import { viaName } from '../http/via.ts'
import type { Mount, Origin } from '../service/mounts/origin.ts'
import { createLackingOrigin, createStoreOrigin } from '../service/mounts/store-origin.ts'
import type { ObjectStore } from '../service/stores/object-store.ts'

/** The folders of all accounts that show files from elsewhere. */
export function createMounts({ accounts, allowHosts }: Config, stores: readonly ObjectStore[]): readonly Mount[] {
  function originOf(account: string, folder: string, settings: MountSettings['origin']): Origin {
    if (settings.kind === 'web') return createWebOrigin({ folder, base: settings.base, allowHosts, via: viaName(account) })
    const store = stores.find(({ name }) => name === settings.store)
    return store && settings.lacks === null
      ? createStoreOrigin(store, settings.container, settings.prefix)
      : createLackingOrigin(settings.store, settings.lacks ?? 'it is not in the settings')
  }
  return accounts.flatMap(({ id, mounts }) =>
    mounts.map(({ folder, freshSeconds, origin }) => ({ account: id, folder, freshSeconds, origin: originOf(id, folder, origin) })),
  )
}
