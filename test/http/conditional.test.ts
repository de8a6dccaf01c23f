import { describe, expect, it } from 'vitest'
import { isNotModified, requestedRange } from '../../src/http/conditional.ts'

const VALIDATORS = { etag: 'abc', lastModified: new Date('2026-01-02T03:04:05.678Z') }
const AT = 'Fri, 02 Jan 2026 03:04:05 GMT'
const BEFORE = 'Fri, 02 Jan 2026 03:04:04 GMT'

describe('preconditions (RFC 9110 §13.2.2)', () => {
  it.each<[Record<string, string>, boolean | 'precondition_failed']>([
    [{}, false],
    [{ 'If-None-Match': '"abc"' }, true],
    [{ 'If-None-Match': 'W/"abc"' }, true],
    [{ 'If-None-Match': '"x", "abc"' }, true],
    [{ 'If-None-Match': '*' }, true],
    [{ 'If-None-Match': '"x"' }, false],
    [{ 'If-None-Match': 'abc' }, false],
    [{ 'If-Modified-Since': AT }, true],
    [{ 'If-Modified-Since': BEFORE }, false],
    [{ 'If-Modified-Since': 'nonsense' }, false],
    [{ 'If-None-Match': '"x"', 'If-Modified-Since': AT }, false],
    [{ 'If-Match': '"abc"' }, false],
    [{ 'If-Match': '"x"' }, 'precondition_failed'],
    [{ 'If-Match': 'W/"abc"' }, 'precondition_failed'],
    [{ 'If-Match': '*' }, false],
    [{ 'If-Unmodified-Since': BEFORE }, 'precondition_failed'],
    [{ 'If-Unmodified-Since': AT }, false],
    [{ 'If-Match': '"abc"', 'If-Unmodified-Since': BEFORE }, false],
  ])('%j → %s', (headers, expected) => {
    const outcome = () => isNotModified(new Headers(headers), VALIDATORS)
    if (expected === 'precondition_failed') expect(outcome).toThrowError(expect.objectContaining({ code: expected }))
    else expect(outcome()).toBe(expected)
  })
})

describe('one byte range of ten bytes (RFC 9110 §14.2)', () => {
  it.each<[Record<string, string>, readonly [number, number] | null | 'unsatisfiable']>([
    [{}, null],
    [{ Range: 'BYTES=0-3' }, [0, 4]],
    [{ Range: 'bytes=0-3' }, [0, 4]],
    [{ Range: 'bytes=4-' }, [4, 10]],
    [{ Range: 'bytes=-3' }, [7, 10]],
    [{ Range: 'bytes=-30' }, [0, 10]],
    [{ Range: 'bytes=5-99' }, [5, 10]],
    [{ Range: 'bytes=9-9' }, [9, 10]],
    [{ Range: 'bytes=10-' }, 'unsatisfiable'],
    [{ Range: 'bytes=-0' }, 'unsatisfiable'],
    [{ Range: 'bytes=3-2' }, null],
    [{ Range: 'bytes=0-1,3-4' }, null],
    [{ Range: 'lines=0-1' }, null],
    [{ Range: 'bytes=-' }, null],
    [{ Range: 'bytes=0-3', 'If-Range': '"abc"' }, [0, 4]],
    [{ Range: 'bytes=0-3', 'If-Range': 'W/"abc"' }, null],
    [{ Range: 'bytes=0-3', 'If-Range': '"old"' }, null],
    [{ Range: 'bytes=0-3', 'If-Range': AT }, [0, 4]],
    [{ Range: 'bytes=0-3', 'If-Range': BEFORE }, null],
  ])('%j → %s', (headers, expected) => {
    const outcome = requestedRange(new Headers(headers), 10, VALIDATORS)
    expect(outcome).toEqual(Array.isArray(expected) ? { start: expected[0], end: expected[1] } : expected)
  })
})
