/** Deliberate faults of the built Worker, each a small change of its text. The drill must notice every one. */
export const SABOTAGES = {
  /** Handles are answered before they can be found. */
  'unsettled-handle': {
    good: /if \(await index\.settle\(handle\)\) return \{/g,
    bad: 'if (true) return {',
    noticedBy: /^the answered handle .* is 404/,
  },
  /** What an interrupted store has left stays. */
  'idle-sweep': {
    good: /(const due = )(Array\.from\(this\.ctx\.storage\.kv\.list\(\{ prefix: "due\/")/g,
    bad: '$1[] || $2',
    noticedBy: /is visible, and no handle names it/,
  },
  /** A removal forgets its file. */
  'kept-file': {
    good: /row\.state === "stored" \? keepFile \? "keep" : "any"/g,
    bad: 'row.state === "stored" ? "keep"',
    noticedBy: /was removed and is still there/,
  },
  /** Some files are not replaced, and nobody is told. */
  'lost-overwrite': {
    good: /async overwrite\((\w+), content\) \{/g,
    bad: '$& if ($1.key.includes("7")) return files.head($1.account, $1.path);',
    noticedBy: /has other bytes/,
  },
} as const

export type Sabotage = keyof typeof SABOTAGES
export const isSabotage = (name: string): name is Sabotage => Object.hasOwn(SABOTAGES, name)
