/** A page of the site: a Markdown file of the repository. */
export interface PageEntry {
  /** From the root of the repository: `docs/deploy.md`. */
  readonly file: string
  /** As the navigation calls it. */
  readonly title: string
}

export interface PageGroup {
  readonly title: string
  readonly pages: readonly PageEntry[]
}

const page = (file: string, title: string): PageEntry => ({ file, title })

/** All pages, in the order in which a newcomer reads them. test/docs/site.test.ts holds that all files of `docs/` are here. */
export const PAGE_GROUPS: readonly PageGroup[] = [
  {
    title: 'Begin',
    pages: [
      page('README.md', 'Overview'),
      page('docs/start.md', 'Five minutes'),
      page('docs/cookbook.md', 'Cookbook'),
      page('docs/moving.md', 'Moving over'),
      page('docs/translate.md', 'URLs of other services'),
    ],
  },
  {
    title: 'Pictures',
    pages: [
      page('docs/dialects.md', 'What URLs can say'),
      page('docs/operations.md', 'Operations'),
      page('docs/formats.md', 'Formats and colour'),
      page('docs/info.md', 'Information'),
      page('docs/iiif.md', 'IIIF'),
      page('docs/explain.md', 'Explained'),
    ],
  },
  {
    title: 'Files and programs',
    pages: [
      page('docs/bytescale.md', 'Bytescale’s protocol'),
      page('docs/filestack.md', 'Filestack’s protocol'),
      page('docs/s3.md', 'S3'),
      page('docs/mounts.md', 'Mounted folders'),
      page('docs/client.md', 'Client'),
      page('docs/upload.md', 'Upload element'),
      page('docs/cli.md', 'Command line'),
      page('docs/frameworks.md', 'Frameworks'),
      page('docs/openapi.md', 'OpenAPI'),
    ],
  },
  {
    title: 'Work that lasts',
    pages: [page('docs/batch.md', 'Batch requests'), page('docs/triggers.md', 'Rules for stored files')],
  },
  {
    title: 'Running it',
    pages: [
      page('docs/deploy.md', 'Deploying'),
      page('docs/operate.md', 'Day by day'),
      page('docs/costs.md', 'Costs'),
      page('docs/limits.md', 'Limits'),
      page('docs/settings.md', 'Settings'),
      page('docs/errors.md', 'Errors'),
      page('docs/security.md', 'Security'),
    ],
  },
  {
    title: 'The protocols in full',
    pages: [
      page('docs/protocols/bytescale.md', 'Bytescale'),
      page('docs/protocols/batch.md', 'Batch'),
      page('docs/protocols/filestack.md', 'Filestack'),
    ],
  },
  {
    title: 'The project',
    pages: [
      page('docs/architecture.md', 'Architecture'),
      page('docs/decisions.md', 'Decisions'),
      page('CONTRIBUTING.md', 'Contributing'),
      page('CHANGELOG.md', 'Changes'),
    ],
  },
]

/**
 * Where a page lies below the root of the site, with a slash at its end: `docs/protocols/batch.md` → `protocols/batch/`. The overview lies at the root: ``.
 */
export const folderOf = (file: string): string =>
  file === 'README.md'
    ? ''
    : `${file
        .replace(/^docs\//, '')
        .replace(/\.md$/, '')
        .toLowerCase()}/`
