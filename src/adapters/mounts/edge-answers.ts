import type { Answer, AnswerCache } from '../../service/mounts/mounted-files.ts'

/** The Cache API wants URLs. This host is never asked: the entries are ours alone. */
const BASE = 'https://edge.emulsion.invalid/mounted/'

/** What origins said of files, in the Cache API of this data centre. A failure of the cache is a miss, never an error. */
export const createEdgeAnswers = (cache: Cache): AnswerCache => ({
  async get(key) {
    const response = await cache.match(BASE + key).catch(() => undefined)
    return (await response?.json<Answer>().catch(() => null)) ?? null // written below
  },
  async put(key, answer, ttlSeconds) {
    const headers = { 'Content-Type': 'application/json', 'Cache-Control': `public, max-age=${ttlSeconds}` }
    await cache.put(BASE + key, new Response(JSON.stringify(answer), { headers })).catch(() => undefined)
  },
})
