import { splitExtension } from '../../../service/files/path.ts'
import type { Spell } from '../../explain/spellings.ts'
import { printJob } from './print/transformations.ts'
import type { BatchService } from './services.ts'

/** The request of a plan, by the first service of the account. Its destination is an example. */
export const createSpellJob =
  (services: readonly Pick<BatchService, 'id' | 'account'>[]): Spell =>
  ({ account, path, plan }) => {
    const service = services.find((candidate) => candidate.account === account)
    if (!service) return { reason: 'The account has no batch service.' }
    const { words, reason } = printJob(plan, `/explained${splitExtension(path).name}`)
    return words
      ? { method: 'POST', url: '/request', body: { service_id: service.id, source: path, jobs: [words] } }
      : { reason: reason ?? '' }
  }
