import { replaceOnce } from './replace-once.ts'

/** Deliberate faults of the built Worker, each a small change of its text. The bundler numbers names that repeat. The drill must notice every one. */
export const SABOTAGES = {
  /** No rule is ever followed, whatever way the news of a file came. */
  'dropped-events': { good: /async settle\(\w+, \w+\) \{/g, bad: '$& return;', noticedBy: /^the rule for / },
  'ignored-idempotency-key': {
    good: /function readIdempotencyKey\w*\(\w+\) \{/g,
    bad: '$& return null;',
    noticedBy: /became several processes|processes were asked for/,
  },
  /** Every message is worked on twice, and reported once. */
  'doubled-execution': {
    good: /await runner\((\w+, \{ process: \w+, run: \w+, timings, isWanted, )report \}\);/g,
    bad: 'await runner($1report: async () => true }); $&',
    noticedBy: /was written \d+ times/,
  },
  /** Of two neighbouring processes each gets the other's picture; their photographs differ. */
  'swapped-picture': {
    good: /(putBody\(\w+, \w+\(\w+, \w+)(\), \w+, \w+\))/g,
    bad: '$1.replace(/^.out.(\\d+)/, (_, n) => `/out/${n ^ 1}`)$2',
    noticedBy: /^\/out\/\S+: (differs by|is \d+×)/,
  },
  'unsigned-callback': { good: /signatures\.length > 0 &&/g, bad: 'signatures.length > 1 &&', noticedBy: /wrong signature/ },
} as const satisfies Record<string, { readonly good: RegExp; readonly bad: string; readonly noticedBy: RegExp }>

export type Sabotage = keyof typeof SABOTAGES

export const isSabotage = (name: string): name is Sabotage => Object.hasOwn(SABOTAGES, name)

/** The text of a built Worker with the fault in it. @throws when its place is not there exactly once: the sabotage would do nothing. */
export const sabotaged = (worker: string, name: Sabotage): string => replaceOnce(worker, SABOTAGES[name])
