/**
 * Cloudflare's prices in dollars a month: https://developers.cloudflare.com/workers/platform/pricing/ (Standard) and
 * https://developers.cloudflare.com/r2/pricing/ (standard storage).
 */
export const PRICES = {
  readOn: '27 November 2026',
  plan: 5,
  /** Millions. */
  requests: { included: 10, each: 0.3 },
  /** Millions of milliseconds. */
  cpu: { included: 30, each: 0.02 },
  /** GB for a month. */
  storage: { included: 10, each: 0.015 },
  /** Millions of operations of class A. */
  writes: { included: 1, each: 4.5 },
  /** Millions of operations of class B. */
  reads: { included: 10, each: 0.36 },
} as const
