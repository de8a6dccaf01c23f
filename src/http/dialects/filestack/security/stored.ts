import { demandUnruled, rulesFor, type RulesOf } from '../../../../service/protection/rules.ts'
import { demandOriginal, FREE_POLICY, type UrlPolicy } from '../../../../service/protection/url-policy.ts'
import type { FilestackApp } from '../apps.ts'
import { type Rights, standingOf } from './rights.ts'

/** What decides whether stored files are handed out. */
export interface StoredPolicy {
  /** Of each account. */
  readonly urlPolicies: ReadonlyMap<string, UrlPolicy>
  readonly rulesOf: RulesOf
}

export const policyOf = ({ account }: FilestackApp, { urlPolicies }: Pick<StoredPolicy, 'urlPolicies'>): UrlPolicy =>
  urlPolicies.get(account) ?? FREE_POLICY

/** @throws AppError `forbidden` when the account hands its stored files out to signatures alone, or shows this one through rules. */
export function demandStored(app: FilestackApp, rights: Rights, path: string, deps: StoredPolicy): void {
  demandOriginal(policyOf(app, deps), standingOf(rights), path)
  demandUnruled(deps.rulesOf(app.account), standingOf(rights), path)
}

/** Whether the rules of its folder make another picture of a file, so that it is not delivered as it is. */
export const isRuled = ({ account }: FilestackApp, rights: Rights, path: string, { rulesOf }: Pick<StoredPolicy, 'rulesOf'>): boolean =>
  rulesFor(rulesOf(account), standingOf(rights), path).length > 0
