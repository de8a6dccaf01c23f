import type { Engine } from '../job.ts'
import { emulsion } from './emulsion.ts'
import { jsquash } from './jsquash.ts'
import { photon } from './photon.ts'
import { sharp } from './sharp.ts'

export const ENGINES: readonly Engine[] = [emulsion, sharp, jsquash, photon]
