/** Counters of a text in Prometheus' format: each series and its value. Gauges may fall and are left out. */
export function countersOf(text: string): ReadonlyMap<string, number> {
  const gauges = new Set([...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map((match) => match[1]))
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const series = lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const)
  return new Map(series.filter(([name]) => !gauges.has(name.split('{')[0])))
}

/** Series that are lower than they were, or gone. */
export const fallen = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] =>
  [...before].flatMap(([series, value]) => {
    const now = after.get(series)
    return now === undefined || now < value ? [`${series} fell from ${value} to ${now ?? 'nothing'}`] : []
  })

/** Answers by status, of all routes but that of the metrics themselves. */
export function answersOf(counters: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
  const answers = new Map<number, number>()
  for (const [series, value] of counters) {
    const [, route, status] = /^emulsion_http_requests_total\{route="([^"]*)",method="[^"]*",status="(\d+)"\}$/.exec(series) ?? []
    if (route === undefined || route === '/-/metrics') continue
    answers.set(Number(status), (answers.get(Number(status)) ?? 0) + value)
  }
  return answers
}
