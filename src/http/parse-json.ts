import { AppError } from '../errors.ts'

export interface JsonLimits {
  /** Arrays and objects within each other. */
  readonly depth: number
  /** Members of all arrays and objects together. */
  readonly values: number
}

/** Above what any call of the protocols needs: 1,000 copies with all their metadata stay below it. */
export const JSON_LIMITS: JsonLimits = { depth: 32, values: 50_000 }

/**
 * Parses JSON. Depth and number of values are counted on the text before anything is built from it, so that a hostile body costs one pass.
 * @throws AppError `invalid_body` when the text is no JSON, is too deep or has too many values.
 */
export function parseJson(text: string, limits: JsonLimits = JSON_LIMITS): unknown {
  const { depth, values } = measureJson(text)
  if (depth > limits.depth) throw invalid(`JSON of at most ${limits.depth} levels, received ${depth}`)
  if (values > limits.values) throw invalid(`JSON of at most ${limits.values} values, received ${values}`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_body', { reason: 'Expected JSON.', cause })
  }
}

const invalid = (expected: string): AppError => new AppError('invalid_body', { reason: `Expected ${expected}.` })

const [QUOTE, BACKSLASH, COMMA] = ['"', '\\', ','].map((char) => char.charCodeAt(0))
const OPENING = new Set(['[', '{'].map((char) => char.charCodeAt(0)))
const CLOSING = new Set([']', '}'].map((char) => char.charCodeAt(0)))

/** Counts brackets and commas outside of strings. Of a text that is no JSON the numbers mean nothing. */
export function measureJson(text: string): JsonLimits {
  let [depth, deepest, values, inString] = [0, 0, 0, false]
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (inString) {
      if (char === BACKSLASH) i++
      else if (char === QUOTE) inString = false
    } else if (char === QUOTE) inString = true
    else if (char === COMMA) values++
    else if (OPENING.has(char)) {
      values++
      deepest = Math.max(deepest, ++depth)
    } else if (CLOSING.has(char)) depth--
  }
  return { depth: deepest, values }
}
