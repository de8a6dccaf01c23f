/** What the calls work with: keys of the server, a picture, and where a picture lies elsewhere. */
export interface World {
  readonly account: string
  readonly secretKey: string
  readonly publicKey: string
  readonly batchSecret: string
  readonly metricsToken: string
  readonly app: { readonly key: string; readonly secret: string }
  readonly picture: Uint8Array
  readonly pictureUrl: string
}

export const bearer = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } })

/** Sends a body of bytes or a form as it is. */
export const asItIs = (type: string, more: Readonly<Record<string, string>> = {}) => ({
  bodySerializer: (body: unknown) => body as BodyInit,
  headers: { 'Content-Type': type, ...more },
})
