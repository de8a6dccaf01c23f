import { estimate } from '../costs/estimate.ts'
import { dollars, FORMATS, readUsage, ROWS, USUAL } from '../costs/fields.ts'

/** Computes with each change of the form, where a page has it. */
export function startCalculator(): void {
  const form = document.querySelector('#calculator')
  if (!(form instanceof HTMLFormElement)) return
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', () => {
    if (!form.checkValidity()) return
    const values = new FormData(form)
    const format = FORMATS.find((known) => known === values.get('format')) ?? USUAL.format
    const { bill, renderMs, cpuMs } = estimate(readUsage((name) => Number(values.get(name)), format))
    tell('[data-said=renderMs]', String(Math.round(renderMs)))
    tell('[data-said=cpuMs]', String(Math.round(cpuMs / 1e6)))
    for (const [name] of ROWS) tell(`[data-part=${name}]`, dollars(bill[name]))
  })

  function tell(selector: string, text: string): void {
    const place = form?.querySelector(selector)
    if (place) place.textContent = text
  }
}
