import { env } from 'cloudflare:workers'

/** The Worker itself, on a storage that says on standard output what is written to it. For the fault drill. */
const bucket = Object.getPrototypeOf((env as unknown as { readonly FILES: R2Bucket }).FILES) as Record<
  'put',
  (...args: unknown[]) => Promise<unknown>
>
const put = bucket.put
bucket.put = async function witnessed(this: unknown, ...args: unknown[]) {
  const result = await put.apply(this, args)
  console.log(JSON.stringify({ witness: 'put', key: args[0], at: Date.now(), ...handleOf(args[2]) }))
  return result
}

/** The handle that the file is stored for. */
function handleOf(options: unknown): { readonly handle?: string } {
  const { origin } = (options as R2PutOptions | undefined)?.customMetadata ?? {}
  const { handle } = JSON.parse(origin ?? '{}') as { readonly handle?: string }
  return handle === undefined ? {} : { handle }
}

export * from '../../../../src/index.ts'
export { default } from '../../../../src/index.ts'
