import type { ProcessStorage } from '../service/processes/host.ts'
import type { ProcessNotice } from '../service/processes/ports.ts'
import type { ProcessDefinition, ProcessRecord, ProcessState } from '../service/processes/record.ts'

/** Notices that a process keeps: what a client may ask for after a pause. */
const MAX_NOTICES = 2000

/** The definition is written once, the state at every event, both as one value each; notices are rows. Nothing is written before a process exists. */
export function createProcessStorage(storage: DurableObjectStorage): ProcessStorage {
  let record: ProcessRecord | null | undefined
  let alarmAt: number | null | undefined
  let seq = 0

  const load = (): ProcessRecord | null => {
    if (record !== undefined) return record
    const definition = storage.kv.get<ProcessDefinition>('definition')
    const state = storage.kv.get<ProcessState>('state')
    record = definition && state ? { definition, state } : null
    if (record) seq = storage.sql.exec<{ last: number | null }>('SELECT MAX(seq) AS last FROM notices').one().last ?? 0
    return record
  }

  const create = ({ definition }: ProcessRecord): void => {
    storage.kv.put('definition', definition)
    storage.sql.exec('CREATE TABLE IF NOT EXISTS notices (seq INTEGER PRIMARY KEY, notice TEXT NOT NULL)')
  }

  return {
    load,
    save(next, notices) {
      storage.transactionSync(() => {
        if (load() === null) create(next)
        storage.kv.put('state', next.state)
        for (const notice of notices) storage.sql.exec('INSERT INTO notices (seq, notice) VALUES (?, ?)', ++seq, JSON.stringify(notice))
        if (seq > MAX_NOTICES && notices.length > 0) storage.sql.exec('DELETE FROM notices WHERE seq <= ?', seq - MAX_NOTICES)
      })
      record = next
    },
    notices(afterSeq) {
      if (load() === null) return []
      const rows = storage.sql.exec<{ seq: number; notice: string }>('SELECT seq, notice FROM notices WHERE seq > ? ORDER BY seq', afterSeq)
      return rows.toArray().map((row) => ({ ...(JSON.parse(row.notice) as Omit<ProcessNotice, 'seq'>), seq: row.seq })) // written by save
    },
    async setAlarm(at) {
      if (at === alarmAt) return
      alarmAt = at
      await (at === null ? storage.deleteAlarm() : storage.setAlarm(at))
    },
    alarmRang() {
      alarmAt = undefined
    },
    async erase() {
      record = null
      await storage.deleteAlarm()
      await storage.deleteAll()
    },
  }
}
