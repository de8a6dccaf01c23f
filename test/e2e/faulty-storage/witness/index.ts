import { env } from 'cloudflare:workers'

/** The Worker itself, on a storage that says on standard output what is written to it. For the fault drill. */
const bucket = Object.getPrototypeOf((env as unknown as { readonly FILES: R2Bucket }).FILES) as Record<
  'put',
  (...args: unknown[]) => Promise<unknown>
>
const put = bucket.put
bucket.put = async function witnessed(this: unknown, ...args: unknown[]) {
  const result = await put.apply(this, args)
  console.log(JSON.stringify({ witness: 'put', key: args[0], at: Date.now() }))
  return result
}

export * from '../../../../src/index.ts'
export { default } from '../../../../src/index.ts'
