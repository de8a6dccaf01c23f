import { EmulsionUpload } from './element/emulsion-upload.ts'

export type { Entry, Failure, State } from './element/queue.ts'
export type { Texts } from './element/texts.ts'
export { EmulsionUpload }

if (!customElements.get('emulsion-upload')) customElements.define('emulsion-upload', EmulsionUpload)

declare global {
  interface HTMLElementTagNameMap {
    'emulsion-upload': EmulsionUpload
  }
}
