import { lake } from './lake/lake.ts'
import type { Scene } from './scene.ts'
import { stillLife } from './still-life/still-life.ts'

/** The scenes by the names of their pictures. */
export const scenes = { lake, 'still-life': stillLife } satisfies Record<string, Scene<unknown>>

export type SceneName = keyof typeof scenes
