import type { Derivation, FileInfo } from '../ports.ts'

/** Whether a file is what this rule made of this source. */
export const isDerivative = ({ origin }: FileInfo, { rule, source }: Pick<Derivation, 'rule' | 'source'>): boolean =>
  origin?.derivation?.rule === rule && origin.derivation.source === source
