import { expect, it } from 'vitest'
import { bytesText, changeText, millisecondsText } from '../../console/amounts.ts'
import { readServerTiming } from '../../console/server-timing.ts'

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 KB'],
  [1234, '1.2 KB'],
  [123_456, '123 KB'],
  [50_000_000, '50 MB'],
  [61_400_000, '61.4 MB'],
  [3e9, '3 GB'],
  [5e13, '50,000 GB'],
])('%i bytes: %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))

it.each([
  [100, 8, '−92 %'],
  [100, 502, '+402 %'],
  [100, 100, '±0 %'],
  [1000, 1001, '±0 %'],
])('from %i to %i is %s', (before, after, text) => expect(changeText(before, after)).toBe(text))

it.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [10, '10 ms'],
  [999, '999 ms'],
  [1500, '1.50 s'],
])('%f ms are %s', (milliseconds, text) => expect(millisecondsText(milliseconds)).toBe(text))

it.each<[string | null, object[]]>([
  [null, []],
  ['', []],
  [
    'fetch;dur=1.5, decode;dur=20',
    [
      { name: 'fetch', milliseconds: 1.5 },
      { name: 'decode', milliseconds: 20 },
    ],
  ],
  ['cache ; dur=3, noduration, x;desc="y"', [{ name: 'cache', milliseconds: 3 }]],
])('Server-Timing %j', (header, phases) => expect(readServerTiming(header)).toEqual(phases))
