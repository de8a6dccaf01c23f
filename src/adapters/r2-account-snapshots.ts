import { EMPTY_SNAPSHOT, SNAPSHOT_BELIEVED_MS, type AccountSnapshot, type AccountSnapshots } from '../service/access/account-snapshot.ts'
import type { Clock } from '../service/ports.ts'
import { callR2 } from './r2-call.ts'

/** An account's files begin with its id, which has no dot, so no file can be this object. */
const keyOf = (account: string): string => `.accounts/${account}.json`

export interface PublishedSnapshots extends AccountSnapshots {
  publish(account: string, snapshot: AccountSnapshot): Promise<void>
}

/** Snapshots as small R2 objects, remembered by the isolate for some seconds. */
export function createR2AccountSnapshots(bucket: R2Bucket, clock: Clock, believedMs = () => SNAPSHOT_BELIEVED_MS): PublishedSnapshots {
  const known = new Map<string, { readonly readAt: number; readonly snapshot: AccountSnapshot }>()
  function atHand(account: string): AccountSnapshot | undefined {
    const last = known.get(account)
    return last && clock.now() - last.readAt < believedMs() ? last.snapshot : undefined
  }

  return {
    async read(account) {
      const last = atHand(account)
      if (last) return last
      const readAt = clock.now()
      const object = await callR2(() => bucket.get(keyOf(account)))
      const snapshot = object ? ((await object.json()) as AccountSnapshot) : EMPTY_SNAPSHOT // written by publish
      known.set(account, { readAt, snapshot })
      return snapshot
    },
    atHand,
    async publish(account, snapshot) {
      await callR2(() => bucket.put(keyOf(account), JSON.stringify(snapshot)))
      known.delete(account)
    },
  }
}
