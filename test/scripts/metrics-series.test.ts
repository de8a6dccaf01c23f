import { expect, it } from 'vitest'
import { answersOf, countersOf, fallen } from '../../scripts/metrics-drill/series.ts'

const TEXT = `# HELP emulsion_http_requests_total Answers.
# TYPE emulsion_http_requests_total counter
emulsion_http_requests_total{route="/-/health",method="GET",status="200"} 3
emulsion_http_requests_total{route="/:account/:processing/*",method="GET",status="200"} 4
emulsion_http_requests_total{route="/:account/:processing/*",method="GET",status="404"} 5
emulsion_http_requests_total{route="/-/metrics",method="GET",status="200"} 60
# TYPE emulsion_memory_bytes gauge
emulsion_memory_bytes 7
`

it('reads counters, without gauges', () => {
  expect([...countersOf(TEXT).values()]).toEqual([3, 4, 5, 60])
})

it('adds up answers by status, without those of the metrics', () => {
  expect(answersOf(countersOf(TEXT))).toEqual(
    new Map([
      [200, 7],
      [404, 5],
    ]),
  )
})

it('notices a counter that has fallen, or is gone', () => {
  const before = new Map([
    ['a', 3],
    ['b', 3],
    ['c', 3],
  ])
  expect(
    fallen(
      before,
      new Map([
        ['a', 3],
        ['b', 2],
      ]),
    ),
  ).toEqual(['b fell from 3 to 2', 'c fell from 3 to nothing'])
})
