import definition from '../emulsion.config.ts'
import { createService } from './compose/index.ts'
import { loadConfig } from './config/load.ts'
import { accountClass } from './durable/account.ts'
import { fileClaimsClass } from './durable/file-claims.ts'
import { handleIndexClass } from './durable/handle-index.ts'
import { handleUploadClass } from './durable/handle-upload.ts'
import { partUploadClass } from './durable/part-upload.ts'
import { processClass } from './durable/process.ts'
import { uploadSessionClass } from './durable/upload-session.ts'
import type { Env } from './env.ts'

type Service = ReturnType<typeof createService>
let service: Service | undefined

/** One service an isolate: the bindings are the same for every request. */
const serviceOf = (env: Env): Service => (service ??= createService(loadConfig(definition, env as unknown as Record<string, unknown>), env)) // secrets are plain members of env

export const UploadSession = uploadSessionClass<Env>((env) => serviceOf(env).uploadEffects)
export const PartUpload = partUploadClass<Env>((env) => serviceOf(env).joinSentParts)
export const Account = accountClass<Env>((env) => serviceOf(env).accountEffects)

export const HandleIndex = handleIndexClass<Env>((env) => serviceOf(env).handleEffects)
export const FileClaims = fileClaimsClass<Env>((env) => serviceOf(env).claimEffects)
export const HandleUpload = handleUploadClass<Env>((env) => serviceOf(env).joinParts)

export const Process = processClass<Env>((env) => serviceOf(env).work.processDeps)
export { ProcessIndex } from './durable/process-index.ts'

export { MetricsShard } from './durable/metrics-shard.ts'

/** Does work that is no request, and hands over what it has counted. */
async function counted(service: Service, context: ExecutionContext, work: (service: Service) => Promise<void>): Promise<void> {
  await work(service)
  context.waitUntil(service.sendCounts())
}

export default {
  fetch: (request, env, context) => serviceOf(env).app.fetch(request, env, context),
  queue: (batch, env, context) => counted(serviceOf(env), context, (service) => service.work.consume(batch)),
  scheduled: (_controller, env, context) => counted(serviceOf(env), context, (service) => service.sweep()),
} satisfies ExportedHandler<Env>
