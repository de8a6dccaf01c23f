import { AppError } from '../../../../errors.ts'
import { step, type Step } from '../../../../image/plan.ts'
import { invalidParameter } from '../../../args.ts'
import type { TaskArgs } from './task-args.ts'
import type { PathOf, ReadTaskArgs } from './wish.ts'

const MOST_FILES = 20

interface Cell {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The pieces between margins into which a length is cut, as equal as whole pixels allow. */
const cut = (length: number, count: number, margin: number): readonly (readonly [from: number, size: number])[] =>
  Array.from({ length: count }, (_, i) => {
    const from = Math.round((i * (length - margin)) / count) + margin
    return [from, Math.round(((i + 1) * (length - margin)) / count) - from] as const
  })

/** As many rows as columns or one less; the last row shares its width among those that it has. */
function cellsOf(count: number, width: number, height: number, margin: number): readonly Cell[] {
  const columns = Math.ceil(Math.sqrt(count))
  const rows = cut(height, Math.ceil(count / columns), margin)
  return rows.flatMap(([y, high], row) =>
    cut(width, Math.min(columns, count - row * columns), margin).map(([x, wide]) => ({ x, y, width: wide, height: high })),
  )
}

function required(args: TaskArgs, ...names: string[]): number {
  const side = args.integer({ min: 1, max: 10_000 }, ...names)
  if (side === undefined) throw new AppError('invalid_parameter', { field: names[0], reason: 'Expected a width and a height.' })
  return side
}

function readFiles(args: TaskArgs): readonly string[] {
  const files = args.values('files', 'f') ?? []
  if (files.length < 1 || files.length > MOST_FILES || !files.every((file) => typeof file === 'string' && file !== ''))
    throw invalidParameter('files', `1 to ${MOST_FILES} handles as [a,b]`, JSON.stringify(files))
  return files as readonly string[]
}

/** The source and the files, in this order, in the cells of a grid on a canvas of one colour. */
export const collage: ReadTaskArgs = (args) => {
  const files = readFiles(args)
  const [width, height] = [required(args, 'width', 'w'), required(args, 'height', 'h')]
  const margin = args.integer({ min: 0, max: 100 }, 'margin', 'm') ?? 10
  const background = args.colour('color', 'c') ?? 'ffffffff'
  const fit = args.oneOf({ auto: 'inside', crop: 'cover' }, 'fit', 'i') ?? 'inside'
  args.flag('autorotate', 'a') // every picture is upright already
  const cells = cellsOf(files.length + 1, width, height, margin)
  if (cells.some((cell) => cell.width < 1 || cell.height < 1))
    throw new AppError('invalid_parameter', { field: 'width', reason: 'The margins leave no room for the pictures.' })
  const [first, ...others] = cells
  const steps = (pathOf: PathOf): readonly Step[] => [
    ...(first === undefined ? [] : onCanvas(first, { width, height }, fit, background)),
    ...others.map(({ x, y, ...size }, i) =>
      step('composite', { path: pathOf(files[i] ?? ''), ...size, fit, position: 'top-left', x, y }, 'files'),
    ),
  ]
  return { files, steps }
}

function onCanvas(
  { x, y, ...size }: Cell,
  canvas: Pick<Cell, 'width' | 'height'>,
  fit: 'inside' | 'cover',
  background: string,
): readonly Step[] {
  const framed = fit === 'cover' ? step('cover', size) : step('letterbox', { ...size, background })
  const margins = { top: y, left: x, right: canvas.width - x - size.width, bottom: canvas.height - y - size.height }
  return [framed, ...(background.endsWith('ff') ? [step('flatten', { background })] : []), step('extend', { ...margins, background })]
}
