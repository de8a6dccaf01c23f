import { describe, expect, it } from 'vitest'
import { EMPTY_SNAPSHOT, type AccountSnapshot, type AccountSnapshots } from '../../src/service/access/account-snapshot.ts'
import type { JobMessage, JobQueue } from '../../src/service/processes/ports.ts'
import type { SweepCursors } from '../../src/service/triggers/sweep.ts'

/** What every source of account snapshots does. @param make answers it with what publishes to it. */
export function accountSnapshotsContract(
  name: string,
  make: () => AccountSnapshots & { publish(account: string, snapshot: AccountSnapshot): Promise<void> },
): void {
  it(`${name} keeps the contract of AccountSnapshots: empty at first, then what was published last for this account`, async () => {
    const snapshots = make()
    expect(await snapshots.read('Snap000')).toEqual(EMPTY_SNAPSHOT)
    for (const id of [1, 2]) await snapshots.publish('Snap000', { publicPermissions: [], resets: [{ id, pattern: '/ä*' }] })
    expect((await snapshots.read('Snap000')).resets).toEqual([{ id: 2, pattern: '/ä*' }])
    expect(await snapshots.read('Snap001')).toEqual(EMPTY_SNAPSHOT)
  })
}

/** What everything does that keeps the cursors of the sweep. */
export function sweepCursorsContract(name: string, make: () => SweepCursors): void {
  it(`${name} keeps the contract of SweepCursors: null, the last one saved, null again`, async () => {
    const cursors = make()
    expect(await cursors.load('Curs000')).toBeNull()
    await cursors.save('Curs000', '/a/漢')
    await cursors.save('Curs001', '/b')
    expect([await cursors.load('Curs000'), await cursors.load('Curs001')]).toEqual(['/a/漢', '/b'])
    await cursors.save('Curs000', null)
    expect(await cursors.load('Curs000')).toBeNull()
  })
}

/** What every JobQueue does. @param received what has been handed over so far. */
export function jobQueueContract(name: string, make: () => { readonly queue: JobQueue; received(): Promise<readonly JobMessage[]> }): void {
  describe(`${name} keeps the contract of JobQueue`, () => {
    it.each([0, 1, 100, 101, 250])('hands over each of %i messages', async (count) => {
      const { queue, received } = make()
      const messages = Array.from({ length: count }, (_, i) => ({ process: `q${i}`, run: 1, jobs: [i] }))
      await queue.send(messages)
      expect(await received()).toEqual(messages)
    })
  })
}
