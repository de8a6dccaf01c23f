import { type Documented, withoutQuery } from './documented.ts'

/** Parameters and values of docs.imgix.com/apis/rendering. */
export const imgix: Documented = {
  mutants: withoutQuery,
  rows: [
    ['https://assets.imgix.net/unsplash/bear.jpg?w=640&h=480', 'w=640&h=480&q=75'],
    ['https://assets.imgix.net/unsplash/bear.jpg?w=640&h=480&fit=clip', 'w=640&h=480&q=75', ['fit=clip']],
    ['https://assets.imgix.net/unsplash/bear.jpg?w=640&h=480&fit=crop&crop=top,left', 'w=640&h=480&fit=crop&crop=top-left&q=75'],
    ['https://assets.imgix.net/unsplash/bear.jpg?w=100&h=50&rot=90&fit=crop&crop=left', 'rotate=90&w=50&h=100&fit=crop&crop=top&q=75'],
  ],
}
