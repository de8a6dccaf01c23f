/** Follows the page's colour scheme; `--emulsion-…` properties and `::part(drop)`, `::part(list)` change the rest. */
export const STYLES = `
:host { display: block; color-scheme: light dark; font: inherit;
  --line: var(--emulsion-line, light-dark(#767b85, #8b919c)); --accent: var(--emulsion-accent, light-dark(#0b57d0, #a8c7fa));
  --quiet: var(--emulsion-quiet, light-dark(#50555e, #b3b9c4)); --bad: var(--emulsion-bad, light-dark(#b3261e, #ffb4ab));
  --surface: var(--emulsion-surface, light-dark(#fff, #1d2024)); --text: var(--emulsion-text, light-dark(#1c1f24, #e6e8ec)); color: var(--text); }
:host([hidden]), [hidden] { display: none !important; }
.drop { display: flex; flex-wrap: wrap; gap: .5em 1em; align-items: center; padding: 1.25em; border: 2px dashed var(--line); border-radius: .75em; background: var(--surface); }
.drop.over { border-color: var(--accent); border-style: solid; }
.drop label { position: relative; display: inline-flex; align-items: center; min-height: 2.75em; padding: 0 1.1em; border-radius: .5em; border: 1px solid var(--accent); color: var(--accent); font-weight: 600; cursor: pointer; }
.drop input { position: absolute; inset: 0; width: 100%; opacity: 0; cursor: pointer; }
.drop label:focus-within, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint, .sizes, .state { color: var(--quiet); }
ul { list-style: none; margin: .75em 0 0; padding: 0; display: grid; gap: .5em; }
li { display: grid; grid-template-columns: 4em 1fr auto; gap: .75em; align-items: center; padding: .5em; border: 1px solid var(--line); border-radius: .5em; background: var(--surface); }
.picture { width: 4em; height: 4em; object-fit: contain; }
.picture:not([src]) { visibility: hidden; }
.text { display: grid; gap: .15em; min-width: 0; }
.name { font-weight: 600; overflow-wrap: anywhere; }
li[data-state=failed] .state { color: var(--bad); }
progress { width: 100%; accent-color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: .4em; justify-content: end; }
button { min-height: 2.25em; padding: 0 .8em; border-radius: .4em; border: 1px solid var(--line); background: transparent; color: inherit; font: inherit; cursor: pointer; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 30em) { li { grid-template-columns: 4em 1fr; } .actions { grid-column: 1 / -1; } }
`
