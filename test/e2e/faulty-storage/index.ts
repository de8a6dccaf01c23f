import { env } from 'cloudflare:workers'

/** One call in so many fails, on every bucket. */
const FAILS_ONE_IN = 10

/** The Worker itself, on a storage that fails: half of the failing writes have happened all the same. For the fault drill. */
const bucket = Object.getPrototypeOf((env as unknown as { readonly FILES: R2Bucket }).FILES) as Record<
  string,
  (...args: unknown[]) => Promise<unknown>
>

for (const name of ['head', 'get', 'put', 'delete', 'list']) {
  const real = bucket[name]
  if (real === undefined) throw new Error(`The bucket has no ${name}`)
  bucket[name] = async function failing(this: unknown, ...args: unknown[]) {
    const fails = Math.random() * FAILS_ONE_IN < 1
    if (fails && Math.random() < 0.5) throw new Error('injected: the storage did not answer')
    const result = await real.apply(this, args)
    if (fails) throw new Error('injected: the storage did, and did not say so')
    return result
  }
}

export * from './witness/index.ts'
export { default } from './witness/index.ts'
