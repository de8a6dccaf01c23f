import { element } from './element.ts'
import type { Fields } from './link.ts'
import { LOSSLESS_FORMATS } from './recipe.ts'

type Control = HTMLInputElement | HTMLSelectElement
const isControl = (candidate: Element): candidate is Control =>
  (candidate instanceof HTMLInputElement || candidate instanceof HTMLSelectElement) && candidate.name !== ''
const controlsOf = (form: HTMLFormElement): Control[] => [...form.elements].filter(isControl)

/** The value with which a control changes nothing: what a slider or a list has when the page opens, and no length and no text at all. */
function neutralOf(control: Control): string {
  if (control instanceof HTMLSelectElement)
    return [...control.options].find((option) => option.defaultSelected)?.value ?? control.options[0]?.value ?? ''
  return control.type === 'range' || control.type === 'color' ? control.defaultValue : ''
}

const valueOf = (control: Control): string =>
  control.type === 'checkbox' ? (control instanceof HTMLInputElement && control.checked ? control.value : '') : control.value.trim()

/** The fields that change something. */
export function readForm(form: HTMLFormElement): Fields {
  const values = controlsOf(form).map((control) => [control.name, valueOf(control), neutralOf(control)] as const)
  return new Map(values.filter(([, value, neutral]) => value !== neutral).map(([name, value]) => [name, value]))
}

/** Makes the form say what `fields` say. Names and values that no control knows are left out. */
export function fillForm(form: HTMLFormElement, fields: Fields): void {
  for (const control of controlsOf(form)) {
    const wanted = fields.get(control.name) ?? neutralOf(control)
    if (control instanceof HTMLInputElement && control.type === 'checkbox') control.checked = wanted === control.value
    else {
      control.value = wanted
      if (control.value !== wanted) control.value = neutralOf(control)
    }
  }
}

/** Sets the width that "Start over" returns to. The field takes it too, unless somebody has changed the field. */
export function setDefaultWidth(width: number): void {
  const control = element('w', HTMLInputElement)
  if (control.value === control.defaultValue) control.value = String(width)
  control.defaultValue = String(width)
}

/** Updates what depends on the controls' values: the figures beside sliders, and what is disabled. */
export function reflectControls(form: HTMLFormElement): void {
  for (const output of form.querySelectorAll<HTMLOutputElement>('output[for]')) {
    const control = element(output.htmlFor.value, HTMLInputElement)
    output.value = control.value + (output.dataset['unit'] ?? '')
  }
  element('crop', HTMLSelectElement).disabled = element('fit', HTMLSelectElement).value !== 'crop'
  const format = element('f', HTMLSelectElement).value
  const lossless = element('lossless', HTMLInputElement)
  lossless.disabled = !LOSSLESS_FORMATS.includes(format)
  element('palette', HTMLInputElement).disabled = format !== 'png'
  const isExact = format === 'png' || format === 'gif' || (!lossless.disabled && lossless.checked)
  const target = element('target', HTMLSelectElement)
  target.disabled = isExact
  element('q', HTMLInputElement).disabled = isExact || target.value !== ''
}
