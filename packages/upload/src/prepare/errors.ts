/** Why nothing was sent. */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  /** Of docs/errors.md for what the engine refuses; `engine` when its worker could not be started, `timeout` when it took too long. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
