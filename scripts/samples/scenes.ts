import { lake } from './lake.ts'
import type { Scene } from './scene.ts'

export const scenes = { lake } satisfies Record<string, Scene<never>>

export type SceneName = keyof typeof scenes
