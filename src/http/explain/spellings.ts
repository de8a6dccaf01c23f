import type { TransformPlan } from '../../image/plan.ts'
import type { Explain, ExplainedWish, Explanation } from '../../service/explain/explain.ts'

/** How a dialect spells a plan on a file of an account: a request, or why there is none. */
export type Spelling =
  { readonly method: 'GET' | 'POST'; readonly url: string; readonly accept?: string; readonly body?: unknown } | { readonly reason: string }

export type Spell = (wish: Pick<ExplainedWish, 'account' | 'path'> & { readonly plan: TransformPlan }) => Spelling | Promise<Spelling>

/** By the names of the dialects. */
export type Spellings = Readonly<Record<string, Spelling>>

/** Explanations with the equal requests of all dialects. Their URLs have no host. */
export const withSpellings =
  (explain: Explain, spellers: Readonly<Record<string, Spell>>) =>
  async (wish: ExplainedWish): Promise<Explanation & { readonly spellings: Spellings }> => {
    const explanation = await explain(wish)
    const spelled = await Promise.all(Object.entries(spellers).map(async ([name, spell]) => [name, await spell(wish)] as const))
    return { ...explanation, spellings: Object.fromEntries(spelled) }
  }
