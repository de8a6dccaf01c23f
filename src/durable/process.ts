import { DurableObject } from 'cloudflare:workers'
import { createProcessHost, type ProcessHost, type ProcessHostDeps } from '../service/processes/host.ts'
import type { Dispatched, ProcessNotice } from '../service/processes/ports.ts'
import type { ProcessDefinition, ProcessRecord } from '../service/processes/record.ts'
import type { ProcessEvent } from '../service/processes/state.ts'
import { answer, type Answer } from './answer.ts'
import { createProcessStorage } from './process-storage.ts'

export type ProcessObjectDeps = Omit<ProcessHostDeps, 'storage'>

/** What a process answers to calls. Errors are values: across the call an exception would lose its class. */
export interface ProcessCalls {
  create(definition: ProcessDefinition): Promise<Answer<{ readonly created: boolean; readonly record: ProcessRecord }>>
  read(): Promise<Answer<ProcessRecord | null>>
  dispatch(event: ProcessEvent): Promise<Answer<Dispatched | null>>
  notices(seq: number, waitMs: number): Promise<Answer<{ readonly notices: readonly ProcessNotice[]; readonly ended: boolean } | null>>
}

/** One process: the object is its single writer, its alarm the outbox. Everything it decides is in service/processes/state.ts. */
export const processClass = <Env>(depsOf: (env: Env) => ProcessObjectDeps) =>
  class extends DurableObject<Env> implements ProcessCalls {
    readonly host: ProcessHost

    constructor(state: DurableObjectState, env: Env) {
      super(state, env)
      this.host = createProcessHost({ ...depsOf(env), storage: createProcessStorage(state.storage) })
    }

    create(definition: ProcessDefinition) {
      return answer(() => this.host.create(definition))
    }

    read() {
      return answer(() => this.host.read())
    }

    dispatch(event: ProcessEvent) {
      return answer(() => this.host.dispatch(event))
    }

    notices(seq: number, waitMs: number) {
      return answer(() => this.host.notices(seq, waitMs))
    }

    override async alarm(): Promise<void> {
      await this.host.alarm()
    }
  }
