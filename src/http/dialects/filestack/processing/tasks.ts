import { collage } from './collage.ts'
import { deliveryTasks } from './delivery-tasks.ts'
import { effectTasks } from './effect-tasks.ts'
import { pictureTasks } from './picture-tasks.ts'
import { unsupportedTasks } from './unsupported.ts'
import type { TaskTable } from './wish.ts'

/** All tasks (docs/protocols/filestack.md §7). To add one: add its entry to the table of its kind. */
export const TASKS: TaskTable = { ...pictureTasks, ...effectTasks, collage, ...deliveryTasks, ...unsupportedTasks }
