import { DurableObject } from 'cloudflare:workers'
import { createProcessHost, type ProcessHost, type ProcessHostDeps } from '../service/process-host.ts'
import type { Dispatched, ProcessNotice } from '../service/process-ports.ts'
import type { ProcessDefinition, ProcessRecord } from '../service/process-record.ts'
import type { ProcessEvent } from '../service/process-state.ts'
import { answer, type Answer } from './answer.ts'
import { createProcessStorage } from './process-storage.ts'

export type ProcessObjectDeps = Omit<ProcessHostDeps, 'storage'>

/** One process: the object is its single writer, its alarm the outbox. Everything it decides is in service/process-state.ts. */
export class ProcessObjectBase<Env> extends DurableObject<Env> {
  readonly #host: ProcessHost

  constructor(state: DurableObjectState, env: Env, deps: ProcessObjectDeps) {
    super(state, env)
    this.#host = createProcessHost({ ...deps, storage: createProcessStorage(state.storage) })
  }

  create(definition: ProcessDefinition): Promise<Answer<{ created: boolean; record: ProcessRecord }>> {
    return answer(() => this.#host.create(definition))
  }

  read(): Promise<Answer<ProcessRecord | null>> {
    return answer(() => this.#host.read())
  }

  dispatch(event: ProcessEvent): Promise<Answer<Dispatched | null>> {
    return answer(() => this.#host.dispatch(event))
  }

  notices(seq: number, waitMs: number): Promise<Answer<{ notices: readonly ProcessNotice[]; ended: boolean } | null>> {
    return answer(() => this.#host.notices(seq, waitMs))
  }

  override async alarm(): Promise<void> {
    await this.#host.alarm()
  }
}
