import type { LocalSettings } from './settings.ts'

/** What a newcomer needs to know: where it runs, as whom, and one URL to open. */
export function banner(url: URL, { variables, statePath }: LocalSettings): string {
  const account = variables['EMULSION_ACCOUNT_ID']
  return [
    '',
    `  Emulsion is ready at ${url.origin}`,
    '',
    `  Account       ${account}`,
    `  Secret key    ${variables['EMULSION_SECRET_KEY']}`,
    `  Public key    ${variables['EMULSION_PUBLIC_KEY']}`,
    `  Batch secret  ${variables['EMULSION_BATCH_SECRET']} (service 1)`,
    `  Callback key  ${variables['EMULSION_CALLBACK_KEY']} (signs callbacks)`,
    `  State         ${statePath}`,
    '',
    `  Console       ${url.origin}/-/console/#${encodeURIComponent(variables['EMULSION_PUBLIC_KEY'] ?? '')}`,
    `  Pages         ${url.origin}/-/docs/`,
    `  Open          ${url.origin}/${account}/image/samples/lake.jpg?w=800&h=400&fit=crop&f=webp`,
    '',
  ].join('\n')
}
