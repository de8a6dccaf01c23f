import { createDropboxStore } from '../../../src/adapters/stores/dropbox.ts'
import { objectStoreContract } from '../../contracts/object-store.ts'
import { DROPBOX, startDropbox } from '../../support/stores/servers.ts'

const wait = async (): Promise<void> => undefined

objectStoreContract('Dropbox with a stand-in', {
  container: 'pictures',
  start: startDropbox,
  make({ url }, change) {
    const keys = { ...DROPBOX, ...(change && { refreshToken: 'wrong-secret' }) }
    return createDropboxStore({ name: 'dropbox', root: '/Apps/Shop', apiUrl: url, contentUrl: url, ...keys }, wait)
  },
  // It keeps the bytes alone; an upload cannot be given up; folders come by themselves.
  keeps: [],
  lacks: ['abort', 'containers'],
  codes: { secret: /^store_failed: The store "dropbox" answered 400 invalid_grant\.$/, container: /./ },
})
