import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Deliberate faults of the built Worker, each a small change of its text. The drill must notice every one. */
export const SABOTAGES = {
  /** No rule is ever followed, whatever way the news of a file came. */
  'dropped-events': { good: /async settle\(account, path\) \{/g, bad: '$& return;', noticedBy: /^the rule for / },
  'ignored-idempotency-key': {
    good: /function readIdempotencyKey\(header\) \{/g,
    bad: '$& return null;',
    noticedBy: /became several processes|processes were asked for/,
  },
  /** Every message is worked on twice, and reported once. */
  'doubled-execution': {
    good: /await runner\(group, (\{ process: \w+, run: \w+, timings, )report \}\);/g,
    bad: 'await runner(group, $1report: async () => true }); $&',
    noticedBy: /was written \d+ times/,
  },
  /** Of two neighbouring processes each gets the other's picture; their photographs differ. */
  'swapped-picture': {
    good: /(putBody\(\w+, \w+\(account, path)(\), \w+, \w+\))/g,
    bad: '$1.replace(/^.out.(\\d+)/, (_, n) => `/out/${n ^ 1}`)$2',
    noticedBy: /^\/out\/\S+: (differs by|is \d+×)/,
  },
  'unsigned-callback': { good: /signatures\.length > 0 &&/g, bad: 'signatures.length > 1 &&', noticedBy: /wrong signature/ },
} as const satisfies Record<string, { readonly good: RegExp; readonly bad: string; readonly noticedBy: RegExp }>

export type Sabotage = keyof typeof SABOTAGES

export const isSabotage = (name: string): name is Sabotage => Object.hasOwn(SABOTAGES, name)

/** Changes the Worker that was built into a folder. @throws when the text is not there exactly once: the sabotage would do nothing. */
export function sabotage(dist: string, name: Sabotage): void {
  const file = join(dist, 'index.js')
  const text = readFileSync(file, 'utf8')
  const { good, bad } = SABOTAGES[name]
  const places = [...text.matchAll(good)].length
  if (places !== 1) throw new Error(`The sabotage ${name} has ${places} places in ${file}, not one: ${good}`)
  writeFileSync(file, text.replace(good, bad))
}
