import type { ProcessStorage } from '../../../src/service/processes/host.ts'
import type { ProcessNotice } from '../../../src/service/processes/ports.ts'
import type { ProcessRecord } from '../../../src/service/processes/record.ts'

/** What of a process survives a crash. A new host over it is the object after a restart. */
export class MemoryProcessStorage implements ProcessStorage {
  record: ProcessRecord | null = null
  alarmAt: number | null = null
  erased = false
  isBroken = false
  readonly written: ProcessNotice[] = []

  load(): ProcessRecord | null {
    return this.record
  }
  save(record: ProcessRecord, notices: readonly Omit<ProcessNotice, 'seq'>[]): void {
    if (this.isBroken) throw new Error('broken')
    this.record = structuredClone(record)
    for (const notice of notices) this.written.push({ ...notice, seq: this.written.length + 1 })
  }
  notices(afterSeq: number): readonly ProcessNotice[] {
    return this.written.filter(({ seq }) => seq > afterSeq)
  }
  setAlarm(at: number | null): Promise<void> {
    this.alarmAt = at
    return Promise.resolve()
  }
  alarmRang(): void {
    this.alarmAt = null
  }
  erase(): Promise<void> {
    this.record = null
    this.erased = true
    return Promise.resolve()
  }
}
