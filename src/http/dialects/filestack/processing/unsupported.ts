import { AppError } from '../../../../errors.ts'
import type { TaskTable } from './wish.ts'

const FACES = ['detect_faces', 'crop_faces', 'blur_faces', 'pixelate_faces', 'redeye']
const OTHERS = [
  'zip',
  'urlscreenshot',
  'video_convert',
  'pdfinfo',
  'pdfconvert',
  'minify_css',
  'minify_js',
  'animate',
  'tags',
  'sfw',
  'video_playlist',
  'ocr',
  'caption',
  'copyright',
  'doc_detection',
  'text_sentiment',
  'image_sentiment',
  'doc_to_images',
  'audio_convert',
]

const refuseFaces = (): never => {
  throw new AppError('not_implemented', {
    reason:
      'No faces are found here: smart_crop keeps the part of a picture that shows most, and partial_blur and partial_pixelate hide areas.',
  })
}

const refuse = (): never => {
  throw new AppError('not_implemented')
}

/** What an image service does not do. */
export const unsupportedTasks: TaskTable = {
  ...Object.fromEntries(FACES.map((name) => [name, refuseFaces])),
  ...Object.fromEntries(OTHERS.map((name) => [name, refuse])),
}

/** @throws AppError `not_implemented`: for values of other tasks that ask for faces. */
export const refuseFaceValue = refuseFaces
