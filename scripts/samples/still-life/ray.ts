import type { Fruit } from './fruit-shape.ts'

export type Ray = { x: number; y: number; z: number; dx: number; dy: number; dz: number }

/** Where a ray ends: the distance, the outward normal, and what it met. */
export type Hit = { t: number; nx: number; ny: number; nz: number; what: Fruit | 'bowl' | 'table' | 'nothing' }

/** What is nearer than this along a ray is the surface that it started from. In metres. */
export const NEAR = 1e-4

export function setNormal(hit: Hit, x: number, y: number, z: number): void {
  const length = Math.sqrt(x * x + y * y + z * z)
  hit.nx = x / length
  hit.ny = y / length
  hit.nz = z / length
}
