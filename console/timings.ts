import { millisecondsText } from './amounts.ts'
import { element } from './element.ts'
import type { Phase } from './server-timing.ts'

const TIERS: Readonly<Record<string, string>> = {
  edge: 'from the edge cache',
  store: 'from the result store',
  miss: 'made just now',
}

/** Draws the phases as bars of one scale, and says where the answer came from. */
export function showTimings(phases: readonly Phase[], totalMilliseconds: number, tier: string | null): void {
  element('tier', HTMLElement).textContent = TIERS[tier ?? ''] ?? ''
  element('total', HTMLElement).textContent = millisecondsText(totalMilliseconds)
  const served = phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const rows = [...phases, { name: 'network', milliseconds: Math.max(0, totalMilliseconds - served) }]
  const longest = Math.max(1, ...rows.map(({ milliseconds }) => milliseconds))
  element('phases', HTMLElement).replaceChildren(...rows.map((phase) => rowOf(phase, longest)))
}

/** Shows no times. */
export function clearTimings(): void {
  for (const id of ['tier', 'total']) element(id, HTMLElement).textContent = ''
  element('phases', HTMLElement).replaceChildren()
}

function rowOf({ name, milliseconds }: Phase, longest: number): HTMLElement {
  const row = document.createElement('li')
  const label = Object.assign(document.createElement('span'), { className: 'phase-name', textContent: name })
  const track = Object.assign(document.createElement('span'), { className: 'phase-track' })
  const bar = document.createElement('span')
  bar.style.inlineSize = `${Math.max(0.5, (milliseconds / longest) * 100)}%`
  track.append(bar)
  const value = Object.assign(document.createElement('span'), { className: 'phase-value', textContent: millisecondsText(milliseconds) })
  row.append(label, track, value)
  return row
}
