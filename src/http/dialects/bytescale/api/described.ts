import * as z from 'zod'
import { type DescribedCall, jsonAnswer, jsonBody } from '../../../openapi/call.ts'
import { asyncResponse, jobSummary } from './described-jobs.ts'
import { copyBatchSchema, copySchema, deleteBatchSchema } from './files.ts'
import {
  copyFolderSchema,
  copyFoldersSchema,
  deleteFolderSchema,
  deleteFoldersSchema,
  publicPermissions,
  putFolderSchema,
  resetCacheSchema,
} from './folder-schemas.ts'
import { JOB_TYPES } from './jobs.ts'

const KEYS = ['apiKey', 'basicKey'] as const
const ACCESS = ['unauthorized', 'token_invalid', 'forbidden'] as const
const SENT = [...ACCESS, 'invalid_body', 'invalid_path'] as const
const at = (path: string): Pick<DescribedCall, 'path' | 'security'> => ({
  path: `/v2/accounts/{accountId}${path}`,
  security: KEYS,
})

const filePath = z.strictObject({ filePath: z.string().startsWith('/').describe('Path of the file, with its first slash.') })
const folderPath = z.strictObject({ folderPath: z.string().startsWith('/').describe('Path of the folder; `/` is all of the account.') })
const nothing = z.strictObject({})

const fileDetails = z.strictObject({
  accountId: z.string(),
  etag: z.string(),
  filePath: z.string(),
  fileUrl: z.url(),
  lastModified: z.int().describe('Milliseconds since 1970.'),
  metadata: z.record(z.string(), z.unknown()),
  mime: z.string(),
  originalFileName: z.string().nullable(),
  size: z.int().describe('In bytes.'),
  tags: z.array(z.string()),
})

const folderSummary = z.strictObject({
  type: z.literal('Folder'),
  folderPath: z.string(),
  virtual: z.boolean().describe('Whether it was put, and stays when it is empty.'),
  settings: z.strictObject({ description: z.string().optional(), publicPermissions: publicPermissions.optional() }),
})
const folderDetails = folderSummary.extend({
  settingsInherited: z.strictObject({
    publicPermissions: z.strictObject({ folderPath: z.string(), value: publicPermissions }).optional(),
  }),
})
const fileSummary = z.strictObject({
  type: z.literal('File'),
  filePath: z.string(),
  fileUrl: z.url(),
  lastModified: z.int(),
  size: z.int(),
})

const listQuery = folderPath.extend({
  cursor: z.string().describe('Of the page before.').optional(),
  limit: z.int().min(1).max(1000).describe('Items of a page, at most; 50 without it.').optional(),
  recursive: z.boolean().describe('Whether what lies in folders below is listed too.').optional(),
  includeFiles: z.boolean().describe('Whether files are listed.').optional(),
  includePhysicalFolders: z.boolean().describe('Whether folders are listed that exist because of their files.').optional(),
  includeVirtualFolders: z.boolean().describe('Whether folders are listed that were put.').optional(),
  includeOverriddenStorage: z.boolean().describe('Without effect.').optional(),
  dryRun: z.boolean().describe('Without effect: the list is that of a copy or delete.').optional(),
})
const listing = z.strictObject({
  cursor: z.string(),
  folder: folderSummary,
  isPaginationComplete: z.boolean(),
  items: z.array(z.discriminatedUnion('type', [fileSummary, folderSummary])),
})

const started = jsonAnswer('The job that does it.', asyncResponse)

export const API_CALLS: readonly DescribedCall[] = [
  {
    operationId: 'getFileDetails',
    summary: 'Tells of a file: size, type, metadata, tags.',
    method: 'GET',
    ...at('/files/details'),
    query: filePath,
    answers: jsonAnswer('The file.', fileDetails),
    errors: [...ACCESS, 'invalid_path', 'file_not_found', 'source_unavailable', 'store_failed'],
  },
  {
    operationId: 'deleteFile',
    summary: 'Deletes a file. One that is not there is no error.',
    method: 'DELETE',
    ...at('/files'),
    query: filePath,
    answers: jsonAnswer('It is gone.', nothing),
    errors: [...ACCESS, 'invalid_path', 'read_only'],
  },
  {
    operationId: 'deleteFileBatch',
    summary: 'Deletes up to 1,000 files by a job.',
    method: 'DELETE',
    ...at('/files/batch'),
    body: jsonBody(deleteBatchSchema, { files: ['/a.jpg', '/b.jpg'] }),
    answers: started,
    errors: [...SENT, 'read_only'],
  },
  {
    operationId: 'copyFile',
    summary: 'Copies a file.',
    method: 'POST',
    ...at('/files/copy'),
    body: jsonBody(copySchema, { source: '/a.jpg', destination: '/copies/a.jpg' }),
    answers: jsonAnswer('It is copied.', z.strictObject({ status: z.literal('Copied') })),
    errors: [
      ...SENT,
      'invalid_parameter',
      'file_not_found',
      'file_changed',
      'read_only',
      'storage_full',
      'store_failed',
      'source_unavailable',
    ],
  },
  {
    operationId: 'copyFileBatch',
    summary: 'Copies up to 1,000 files by a job.',
    method: 'POST',
    ...at('/files/copy/batch'),
    body: jsonBody(copyBatchSchema, { files: [{ source: '/a.jpg', destination: '/copies/a.jpg' }] }),
    answers: started,
    errors: [...SENT, 'invalid_parameter', 'read_only'],
  },
  {
    operationId: 'putFolder',
    summary: 'Creates a folder, or changes its settings.',
    method: 'PUT',
    ...at('/folders'),
    body: jsonBody(putFolderSchema, { folderPath: '/team', folderSettings: { description: { set: true, value: 'Of the team' } } }),
    answers: jsonAnswer('The folder.', folderDetails),
    errors: [...SENT, 'not_implemented', 'read_only'],
  },
  {
    operationId: 'getFolderDetails',
    summary: 'Tells of a folder and of the settings that it inherits.',
    method: 'GET',
    ...at('/folders'),
    query: folderPath,
    answers: jsonAnswer('The folder.', folderDetails),
    errors: [...ACCESS, 'invalid_path', 'folder_not_found'],
  },
  {
    operationId: 'deleteFolder',
    summary: 'Deletes a folder by a job.',
    method: 'DELETE',
    ...at('/folders'),
    body: jsonBody(deleteFolderSchema, { folderPath: '/old' }),
    answers: started,
    errors: [...SENT, 'read_only'],
  },
  {
    operationId: 'deleteFolderBatch',
    summary: 'Deletes up to 1,000 folders by a job.',
    method: 'DELETE',
    ...at('/folders/batch'),
    body: jsonBody(deleteFoldersSchema, { folders: [{ folderPath: '/old' }] }),
    answers: started,
    errors: [...SENT, 'read_only'],
  },
  {
    operationId: 'copyFolder',
    summary: 'Copies a folder by a job.',
    method: 'POST',
    ...at('/folders/copy'),
    body: jsonBody(copyFolderSchema, { source: '/team', destination: '/archive/team' }),
    answers: started,
    errors: [...SENT, 'invalid_parameter', 'read_only'],
  },
  {
    operationId: 'copyFolderBatch',
    summary: 'Copies up to 1,000 folders by a job.',
    method: 'POST',
    ...at('/folders/copy/batch'),
    body: jsonBody(copyFoldersSchema, { folders: [{ source: '/team', destination: '/archive/team' }] }),
    answers: started,
    errors: [...SENT, 'invalid_parameter', 'read_only'],
  },
  {
    operationId: 'listFolder',
    summary: 'Lists files and folders, page by page.',
    method: 'GET',
    ...at('/folders/list'),
    query: listQuery,
    answers: jsonAnswer('A page.', listing),
    errors: [...ACCESS, 'invalid_path', 'invalid_parameter', 'unknown_parameter', 'store_failed', 'source_unavailable'],
  },
  {
    operationId: 'getJob',
    summary: 'Tells how a job stands.',
    method: 'GET',
    ...at('/jobs/{jobType}/{jobId}'),
    answers: jsonAnswer('The job.', jobSummary),
    errors: [...ACCESS, 'invalid_parameter', 'job_not_found'],
  },
  {
    operationId: 'cancelJob',
    summary: 'Cancels a job that has not ended.',
    method: 'DELETE',
    ...at('/jobs/{jobType}/{jobId}'),
    answers: jsonAnswer('It is cancelled, or has ended before.', nothing),
    errors: [...ACCESS, 'invalid_parameter', 'job_not_found'],
  },
  {
    operationId: 'listRecentJobs',
    summary: 'The ten latest jobs of some types.',
    method: 'GET',
    ...at('/jobs'),
    query: z.strictObject({ jobType: z.array(z.enum(JOB_TYPES)).min(1).describe('Which types; may occur several times.') }),
    answers: jsonAnswer('The jobs, newest first.', z.strictObject({ items: z.array(jobSummary) })),
    errors: [...ACCESS, 'invalid_parameter', 'unknown_parameter'],
  },
  {
    operationId: 'resetCache',
    summary: 'Removes kept results of the files that a pattern names.',
    method: 'POST',
    ...at('/cache/reset'),
    body: jsonBody(resetCacheSchema, { pattern: '/image/photo.jpg', resetEdgeCache: true, resetPermanentCache: true }),
    answers: jsonAnswer('The job, with its report when it has ended within three seconds.', z.union([jobSummary, asyncResponse])),
    errors: [...SENT, 'invalid_parameter'],
  },
]
