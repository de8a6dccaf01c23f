/** The numbers of the process mechanism. Times are milliseconds. */
export interface ProcessPolicy {
  /** How long a consumer may be silent before its jobs are given to another. It renews its lease while it works. */
  readonly leaseMs: number
  /** Attempts of one job, lost ones included, before the process fails. */
  readonly maxAttempts: number
  /** Pause before the second attempt; doubles up to the longest. */
  readonly firstBackoffMs: number
  readonly maxBackoffMs: number
  /** A message that nobody has taken after this long is sent again: queues may forget. Doubles up to the longest. */
  readonly firstResendMs: number
  readonly maxResendMs: number
  /** Jobs in one message: small enough that one consumer run ends well inside the platform's limits. */
  readonly maxJobsPerMessage: number
  /** How long a delivery of a callback may be silent before it counts as lost: over its timeout of 10 s. */
  readonly deliveryLeaseMs: number
  /** Pauses between the attempts of a callback. */
  readonly callbackScheduleMs: readonly number[]
  /** The longest pause that a receiver's `Retry-After` can ask for. */
  readonly maxRetryAfterMs: number
  /** Until the list is told again of a change that it has not confirmed. */
  readonly relistMs: number
  /** Attempts that the log of a job keeps. */
  readonly maxLog: number
  /** How long the record of an ended process is kept. */
  readonly retentionMs: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export const DEFAULT_POLICY: ProcessPolicy = {
  leaseMs: 30 * SECOND,
  maxAttempts: 10,
  firstBackoffMs: SECOND,
  maxBackoffMs: MINUTE,
  firstResendMs: 10 * SECOND,
  maxResendMs: MINUTE,
  maxJobsPerMessage: 10,
  deliveryLeaseMs: 30 * SECOND,
  callbackScheduleMs: [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR],
  maxRetryAfterMs: 24 * HOUR,
  relistMs: 30 * SECOND,
  maxLog: 20,
  retentionMs: 30 * 24 * HOUR,
}

/** `first`, then twice that, four times that … up to `longest`. `n` counts from 1. */
export const doubling = (first: number, longest: number, n: number): number => Math.min(longest, first * 2 ** Math.min(n - 1, 30))

/** Attempts in the logs of all jobs together: a record is one value of at most 2 MB. */
const MAX_LOGGED_ATTEMPTS = 2000

/** The policy for a process of so many jobs: many jobs have short logs. */
export const policyFor = (policy: ProcessPolicy, jobs: number): ProcessPolicy => ({
  ...policy,
  maxLog: Math.max(2, Math.min(policy.maxLog, Math.floor(MAX_LOGGED_ATTEMPTS / jobs))),
})
