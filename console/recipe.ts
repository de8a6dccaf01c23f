import { element } from './element.ts'

export type Parameters = Record<string, string | number | boolean>

/** Controls whose value stands in the URL under their own name, unless it is the one that changes nothing. */
const PLAIN = ['w', 'h', 'fit', 'crop', 'rotate', 'brightness', 'contrast', 'saturation', 'blur', 'sharpen', 'f', 'q'] as const

/** What the form says, as the groups of parameters that the SDK's UrlBuilder takes: those of the picture, then those of its text. */
export function readRecipe(form: HTMLFormElement): Parameters[] {
  const data = new FormData(form)
  const value = (name: string): string => {
    const field = data.get(name)
    return typeof field === 'string' ? field.trim() : ''
  }
  const global: Parameters = {}
  for (const name of PLAIN) if (value(name) !== '' && value(name) !== neutralOf(form, name)) global[name] = value(name)
  if (value('flop') !== '') global['flop'] = true
  if (value('grayscale') !== '') global['grayscale'] = true
  if (global['fit'] !== undefined && global['w'] === undefined && global['h'] === undefined) delete global['fit']
  if (global['fit'] !== 'crop') delete global['crop']
  if (value('text') === '') return [global]
  const layer: Parameters = {
    text: value('text'),
    gravity: value('gravity'),
    'font-size': value('font-size'),
    'font-weight': 700,
    color: value('color').slice(1),
    'layer-opacity': value('layer-opacity'),
    padding: 24,
  }
  return [global, layer]
}

/** The value with which a control changes nothing: what a slider or a list has when the page opens, and no length at all. */
function neutralOf(form: HTMLFormElement, name: string): string {
  const control = form.elements.namedItem(name)
  if (control instanceof HTMLInputElement) return control.type === 'number' ? '' : control.defaultValue
  if (control instanceof HTMLSelectElement)
    return [...control.options].find((option) => option.defaultSelected)?.value ?? control.options[0]?.value ?? ''
  return ''
}

/** Keeps what the form shows beside its controls in step with them. */
export function reflectControls(form: HTMLFormElement): void {
  for (const output of form.querySelectorAll<HTMLOutputElement>('output[for]')) {
    const control = element(output.htmlFor.value, HTMLInputElement)
    output.value = control.value + (output.dataset['unit'] ?? '')
  }
  const fit = element('fit', HTMLSelectElement)
  element('crop', HTMLSelectElement).disabled = fit.value !== 'crop'
  element('q', HTMLInputElement).disabled = element('f', HTMLSelectElement).value === 'png'
}
