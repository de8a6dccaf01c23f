/** What is counted, in one table. Labels have few values each: no path, no id. */
export const METRICS = {
  emulsion_http_requests_total: {
    type: 'counter',
    help: 'Answers by route pattern, method and status.',
    labels: ['route', 'method', 'status'],
  },
  emulsion_cache_total: { type: 'counter', help: 'Transformed images by the tier that had them.', labels: ['tier'] },
  emulsion_http_body_bytes_total: {
    type: 'counter',
    help: 'Bytes of bodies whose length the answer tells, by route pattern.',
    labels: ['route'],
  },
  emulsion_image_bytes_total: { type: 'counter', help: 'Bytes of transformed images by the tier that had them.', labels: ['tier'] },
  emulsion_saved_bytes_total: {
    type: 'counter',
    help: 'Bytes that transformed images were smaller than their sources, for whole images that were sent.',
    labels: [],
  },
  emulsion_edge_purges_total: {
    type: 'counter',
    help: 'Purges of Workers Cache by outcome. What is refused goes with the next one.',
    labels: ['outcome'],
  },
  emulsion_renders_total: {
    type: 'counter',
    help: 'Runs of plans by wanted format and outcome: ok, or the code of the error.',
    labels: ['format', 'outcome'],
  },
  emulsion_pixels_total: { type: 'counter', help: 'Pixels of the sources and of the results of finished runs.', labels: ['of'] },
  emulsion_second_opinions_total: {
    type: 'counter',
    help: 'Runs on which the pixel engine failed, by the outcome on the second engine: ok, or the code of the error.',
    labels: ['outcome'],
  },
  emulsion_phase_seconds: {
    type: 'histogram',
    help: 'Time of the phases of a run. Computation shows as 0 on Cloudflare, whose clock stands still meanwhile.',
    labels: ['phase'],
  },
  emulsion_jobs_total: { type: 'counter', help: 'Jobs of processes by type and outcome of the attempt.', labels: ['type', 'outcome'] },
  emulsion_callbacks_total: { type: 'counter', help: 'Attempts to deliver a callback by outcome.', labels: ['outcome'] },
  emulsion_processes: { type: 'gauge', help: 'Recorded processes by kind and status.', labels: ['kind', 'status'] },
  emulsion_queue_messages: { type: 'gauge', help: 'Messages that wait in a queue, as the platform knows.', labels: ['queue'] },
  emulsion_process_age_seconds: {
    type: 'gauge',
    help: 'How long ago the oldest unfinished process of a kind was created.',
    labels: ['kind'],
  },
  emulsion_queue_age_seconds: {
    type: 'gauge',
    help: 'How long the oldest message of a queue has waited, as the platform knows.',
    labels: ['queue'],
  },
  emulsion_memory_bytes: { type: 'gauge', help: 'Memory that the running jobs of this isolate have been granted.', labels: [] },
  emulsion_memory_waiting: { type: 'gauge', help: 'Jobs of this isolate that wait for memory.', labels: [] },
} as const satisfies Record<string, MetricDefinition>

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

export type MetricName = keyof typeof METRICS
type Named<T extends MetricDefinition['type']> = { [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never }[MetricName]
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>

/** Takes counts. */
export interface Metrics {
  /** @param by one, when absent. */
  add<N extends Named<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void
  set<N extends Named<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void
  observe<N extends Named<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void
}
