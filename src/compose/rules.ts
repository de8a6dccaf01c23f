import type { Config } from '../config/load.ts'
import { parseImageQuery } from '../http/dialects/bytescale/image-query/parse.ts'
import type { TransformPlan } from '../image/plan.ts'
import { type CompiledRule, compileRule } from '../service/triggers/rules.ts'

/** Every rule for every account: a rule's presets and batch service are the account's. */
export const compileRules = ({ triggers, accounts, batchServices, limits }: Config): readonly CompiledRule[] =>
  triggers.flatMap((rule) =>
    accounts.map(({ id: account, presets }) => {
      const service = rule.service ?? batchServices.find((candidate) => candidate.account === account)?.id ?? null
      const presetPlan = (name: string): TransformPlan | undefined => {
        const parameters = presets.get(name)
        return parameters && parseImageQuery(parameters).plan
      }
      return compileRule(rule, { account, service }, presetPlan, limits.maxSteps)
    }),
  )
