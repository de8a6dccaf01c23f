import { AppError } from '../../errors.ts'
import type { Codec } from '../codecs/define.ts'
import type { RowsContext } from '../context.ts'
import { giveBack } from '../engine/parts.ts'
import type { Picture } from '../engine/rows/pixel-rows.ts'
import { aim } from './aim.ts'
import { fit } from './fit.ts'
import type { Search } from './search.ts'
import { openTrials, type OptionsWith, type Trials } from './trials.ts'

/** The qualities that tell how bytes grow. */
const SIZED_AT = [8, 35, 70, 92] as const
const MOST_EFFORT = 100

/** A quality that was found. */
export interface Found {
  readonly quality: number
  /** SSIM of the reduced picture at this quality, where it was looked for. */
  readonly score?: number | undefined
}

/** What a response tells of a result that is its source, without what the wish leaves out. */
export const SOURCE_NOTE = 'source'

/** What a response tells of it (RFC 8941): `74;ssim=0.981`, rounded down. */
export const qualityNote = ({ quality, score }: Found): string =>
  score === undefined ? String(quality) : `${quality};ssim=${(Math.floor(score * 1000) / 1000).toFixed(3)}`

/** A result: what it takes along counts as well. */
interface Sized {
  readonly body: Uint8Array
}

/** What a search works with. */
export interface Choice<R extends Sized> {
  readonly search: Search
  readonly encoder: Codec
  readonly optionsWith: OptionsWith
  readonly picture: Picture
  /** The animation of which `picture` is the first frame, and what encodes all of it. */
  readonly animation: { readonly frames: number; encode(options: never): Promise<Uint8Array> } | null
  readonly context: RowsContext
  /** Runs one encode, or what makes the reduced picture. */
  readonly measure: <T>(phase: string, work: () => Promise<T>) => Promise<T>
  /** Makes a result of an encoded picture, and ends `body`. `found`: absent where the encoder has no quality. */
  finish(body: Uint8Array, found?: Found): Promise<R>
}

/**
 * Encodes a picture at the quality that the search finds: at most three encodes of a reduced picture, and then one of the whole, or six of it for a limit of
 * bytes. What has no quality is encoded once for a limit, and once more with the most effort.
 * @throws AppError `max_bytes_not_reached`.
 */
export async function choose<R extends Sized>(choice: Choice<R>): Promise<R> {
  const { search, encoder, optionsWith, picture, context, measure } = choice
  const { target, maxBytes, isLossy, most } = search
  if (!isLossy) return withEffort(choice, maxBytes ?? Infinity)
  const mark = context.core.mark()
  try {
    const trials = await measure('sample', () => openTrials(context, encoder, optionsWith, picture))
    const scoreAt = async (quality: number): Promise<number> => (await measure('trial', () => trials.at(quality))).score
    const quality = target ? await aim(target, most, scoreAt) : most
    return await (maxBytes === null ? whole(choice, trials, quality) : within(choice, trials, quality, maxBytes))
  } finally {
    context.core.release(mark)
  }
}

/** The picture at a quality. */
async function whole<R extends Sized>(
  { encoder, optionsWith, animation, context, measure, search, finish }: Choice<R>,
  trials: Trials,
  quality: number,
): Promise<R> {
  const trial = trials.made.get(quality)
  const encode = (options: never): Promise<Uint8Array> =>
    animation ? animation.encode(options) : encoder.encode(trials.picture, options, context)
  const file = animation ? null : trial?.file
  const body = file ?? (await measure('render', () => encode(optionsWith({ quality }))))
  return finish(body, { quality, score: search.target ? trial?.score : undefined })
}

/** The picture at the best quality whose file has at most so many bytes. */
async function within<R extends Sized>(choice: Choice<R>, trials: Trials, most: number, maxBytes: number): Promise<R> {
  const scale = trials.scale * (choice.animation?.frames ?? 1)
  const tried = trials.made.get(most)
  if (!tried || tried.bytes * scale > maxBytes)
    for (const quality of SIZED_AT.filter((one) => one < most)) await choice.measure('trial', () => trials.at(quality))
  if (trials.made.size === 0) await choice.measure('trial', () => trials.at(most))
  const samples = [...trials.made].map(([quality, { bytes }]) => ({ quality, value: Math.log(bytes * scale) }))
  let best: R | undefined
  const least = await fit(maxBytes, most, samples, async (quality) => {
    const result = await whole(choice, trials, quality)
    const size = result.body.length
    if (size <= maxBytes) best = result
    return size
  })
  if (best) return best
  throw tooManyBytes(maxBytes, least)
}

/** The picture by an encoder without a quality. */
async function withEffort<R extends Sized>(
  { encoder, optionsWith, picture, animation, context, measure, finish }: Choice<R>,
  maxBytes: number,
): Promise<R> {
  const made = async (options: never): Promise<R> =>
    finish(await measure('render', () => (animation ? animation.encode(options) : encoder.encode(picture, options, context))))
  const [usual, smallest] = [optionsWith({}), optionsWith({ effort: MOST_EFFORT })]
  const first = await made(usual)
  const firstSize = first.body.length
  if (firstSize <= maxBytes) return first
  if (JSON.stringify(smallest) === JSON.stringify(usual)) throw tooManyBytes(maxBytes, firstSize)
  giveBack(first.body)
  const second = await made(smallest)
  if (second.body.length <= maxBytes) return second
  throw tooManyBytes(maxBytes, Math.min(firstSize, second.body.length))
}

const tooManyBytes = (maxBytes: number, least: number): AppError =>
  new AppError('max_bytes_not_reached', { reason: `Expected at most ${maxBytes} bytes; the least that was reached is ${least}.` })
