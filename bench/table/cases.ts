import { type LargeSize, largePhoto } from '../../scripts/samples/large-photos.ts'
import { type OperationName, OPERATION_NAMES } from '../../src/image/plan.ts'
import { type Wish, WISHES } from './wishes.ts'

export const INPUTS = { jpeg: '.jpg', progressive: '-progressive.jpg', png: '.png' } as const
export type Input = keyof typeof INPUTS
export const OUTPUTS = ['jpeg', 'png'] as const
export type Output = (typeof OUTPUTS)[number]

/** The width that the picture is scaled to before the operation; `null` where it stays at full size. */
export const WIDTHS = [null, 800] as const

export interface TableCase {
  readonly megapixels: LargeSize
  readonly input: Input
  readonly op: OperationName
  readonly wish: Wish
  readonly width: (typeof WIDTHS)[number]
  readonly output: Output
}

export interface Choice {
  readonly megapixels: readonly LargeSize[]
  /** Operations; all when there is none. */
  readonly only: readonly OperationName[]
  readonly inputs: readonly Input[]
  readonly outputs: readonly Output[]
}

export const sampleOf = ({ megapixels, input }: TableCase): string => `${megapixels}mp${INPUTS[input]}`
export const fileOf = (one: TableCase): string => largePhoto(sampleOf(one))
export const nameOf = ({ op, wish }: Pick<TableCase, 'op' | 'wish'>): string => (wish.name === undefined ? op : `${op} ${wish.name}`)

/** Whether the case must run under every limit: whole operations may be refused at full size. */
export const streams = ({ wish, width }: Pick<TableCase, 'wish' | 'width'>): boolean => !wish.isWhole || width !== null

/** All cases of a choice, those that stream first; a file is used for all that is done with it before the next one. */
export function tableCases({ megapixels, only, inputs, outputs }: Choice): readonly TableCase[] {
  const ops = only.length > 0 ? only : OPERATION_NAMES
  const cases = megapixels.flatMap((size) =>
    inputs.flatMap((input) =>
      WIDTHS.flatMap((width) =>
        ops.flatMap((op) =>
          WISHES[op].flatMap((wish) => outputs.map((output): TableCase => ({ megapixels: size, input, op, wish, width, output }))),
        ),
      ),
    ),
  )
  return [...cases.filter(streams), ...cases.filter((one) => !streams(one))]
}
