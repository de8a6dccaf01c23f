import { element } from './element.ts'

/** The button that shows the original in place of the result. */
export function createCompare() {
  const button = element('compare', HTMLButtonElement)
  const set = (isPressed: boolean): void => {
    button.setAttribute('aria-pressed', String(isPressed))
    element('stage', HTMLElement).classList.toggle('original', isPressed)
  }
  button.addEventListener('click', () => set(button.getAttribute('aria-pressed') !== 'true'))
  return { set }
}
