import type { Config } from '../config/load.ts'
import type { RulesOf } from '../service/protection/rules.ts'
import { ANYBODY, OWNER, type Standing } from '../service/protection/standing.ts'

/** What every picture of an account's folders goes through. */
export function rulesOfAccounts({ accounts }: Pick<Config, 'accounts'>): RulesOf {
  const byAccount = new Map(accounts.map(({ id, rules }) => [id, rules]))
  return (account) => byAccount.get(account) ?? []
}

/** Whose wish a job is: it lifts the rules of folders when the settings of its batch service, or of its storage rule, say so. */
export const standingOfJobs =
  ({ batchServices, triggers }: Pick<Config, 'batchServices' | 'triggers'>) =>
  ({ service, rule }: { readonly service: number | null; readonly rule: string | null }): Standing => {
    const owner = rule === null ? batchServices.find(({ id }) => id === service) : triggers.find(({ id }) => id === rule)
    return owner?.bypassesRules ? OWNER : ANYBODY
  }
