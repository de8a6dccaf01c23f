import { addCounts } from '../service/counts/counts.ts'
import type { CountStore } from '../service/counts/shared-counts.ts'
import { call, objectIn } from './call.ts'
import type { MetricsCalls } from './metrics-shard.ts'

/** So many objects share the isolates: one takes about a thousand calls a second, and an isolate calls once in five. Whoever reads calls all of them. */
const SHARDS = 4

const shardOf = (sender: string): string => `shard-${[...sender].reduce((sum, char) => sum + char.charCodeAt(0), 0) % SHARDS}`

/** Adds up in Durable Objects, each of which knows some of the isolates. */
export function createDurableCounts(namespace: DurableObjectNamespace): CountStore {
  const object = objectIn<MetricsCalls>(namespace)
  return {
    async add(delta) {
      await call(() => object(shardOf(delta.sender)).add(delta))
    },
    async sum() {
      const shards = Array.from({ length: SHARDS }, (_, i) => call(() => object(`shard-${i}`).sum()))
      return (await Promise.all(shards)).reduce(addCounts, {})
    },
  }
}
