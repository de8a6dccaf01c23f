import * as z from 'zod'
import { ANCHORS, POSITIONS, type Position } from './geometry.ts'
import { type Length, offsetLength, resolveLength } from './length.ts'
import type { Shape } from './raster.ts'

/** Where a frame lies in an image: a named position and a distance from it, inwards from an edge, right and down from the middle. */
export const placementParams = {
  position: z.enum(POSITIONS).default('center').describe('Where it lies.'),
  x: offsetLength.default(0).describe('From the named edge inwards; from the middle to the right.'),
  y: offsetLength.default(0).describe('From the named edge inwards; from the middle downwards.'),
}

export interface Placement {
  readonly position: Position
  readonly x: Length
  readonly y: Length
}

/** The upper left corner of a frame in an image, in whole pixels, as ImageMagick's GravityAdjustGeometry finds it. May lie outside. */
export function place(frame: Shape, image: Shape, { position, x, y }: Placement): { readonly x: number; readonly y: number } {
  const anchor = ANCHORS[position]
  return {
    x: along(anchor.x, frame.width, image.width, Math.round(resolveLength(x, image))),
    y: along(anchor.y, frame.height, image.height, Math.round(resolveLength(y, image))),
  }
}

function along(anchor: number, frame: number, image: number, offset: number): number {
  if (anchor === 0) return offset
  return anchor === 1 ? image - frame - offset : Math.floor(image / 2) - Math.floor(frame / 2) + offset
}

/** Areas of a picture that a step changes, and how their edges look. */
export const areaParams = {
  areas: z
    .array(z.strictObject({ x: z.int().min(0), y: z.int().min(0), width: z.int().min(1), height: z.int().min(1) }))
    .min(1)
    .max(20)
    .describe('In pixels; what lies outside of the picture is left out.'),
  shape: z.enum(['rectangle', 'oval']).default('rectangle'),
  softness: z.number().min(0).max(20).default(4).describe('Pixels inside its edge over which an area fades in.'),
}
