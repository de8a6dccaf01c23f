import { estimate } from './estimate.ts'
import { dollars, FIELDS, FORMATS, ROWS, USUAL } from './fields.ts'

/** The calculator of the page on costs. browser/calculator.ts makes it compute; without it the values that it begins with are told. */
export function calculatorHtml(): string {
  const fields = FIELDS.map(
    ({ name, label, value, min, max, step }) =>
      `<label>${label}<input type="number" name="${name}" value="${value}" min="${min}" max="${max}" step="${step}"></label>`,
  )
  const formats = FORMATS.map((format) => `<option value="${format}"${format === USUAL.format ? ' selected' : ''}>${format}</option>`)
  const { bill, renderMs, cpuMs } = estimate(USUAL)
  const rows = ROWS.map(
    ([name, label]) => `<tr><th scope="row">${label}</th><td class="right" data-part="${name}">${dollars(bill[name])}</td></tr>`,
  )
  return `<form id="calculator" aria-label="Calculator">
<div class="fields">
${fields.join('\n')}
<label>Format<select name="format">${formats.join('')}</select></label>
</div>
<output aria-live="polite"><p>A picture takes <strong data-said="renderMs">${Math.round(renderMs)}</strong> ms, the month <strong data-said="cpuMs">${Math.round(cpuMs / 1e6)}</strong> million ms.</p>
<table><tbody>
${rows.join('\n')}
</tbody></table></output>
</form>
`
}
