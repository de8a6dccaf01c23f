import { translate as translateUrl } from '../../../../src/http/translate/translate.ts'
import { AppError } from '../../../../src/errors.ts'
import { CommandError, UsageError } from '../usage/errors.ts'
import { each } from '../service/each.ts'
import { isOn, lastOf } from '../usage/options.ts'
import type { Command } from './command.ts'

export const ACCOUNT_OPTION = {
  name: 'account',
  value: 'an account',
  summary: 'Whose URLs are printed; EMULSION_ACCOUNT, or Emu1s1n, when absent.',
}

export const translate: Command = {
  summary: 'Say URLs of other image services in ours, without the service: and what is lost.',
  usage: 'URL…',
  details:
    'Parameters that are lost or differ are told on standard error, and all of the answer by --json (docs/translate.md). A URL that has no words here fails.',
  options: [ACCOUNT_OPTION],

  async run(words, terminal) {
    if (words.operands.length === 0) throw new UsageError('Expected URLs of pictures, received nothing.')
    const account = lastOf(words, 'account') ?? (terminal.env['EMULSION_ACCOUNT'] || 'Emu1s1n')
    const options = { terminal, isJson: isOn(words, 'json'), isQuiet: false }
    return each(words.operands, String, options, async (url) => {
      const translation = translated(url, account)
      if (translation.url === null && !options.isJson) throw new CommandError(translation.reason ?? 'No image URL says this.')
      if (!options.isJson && !isOn(words, 'quiet'))
        for (const kind of ['lost', 'differs'] as const)
          for (const { parameter, because } of translation[kind]) terminal.say(`${kind}: ${parameter}: ${because}`)
      return { text: translation.url ?? '', json: translation }
    })
  },
}

/** @throws CommandError with what the translator expected. */
export function translated(url: string, account: string): ReturnType<typeof translateUrl> {
  try {
    return translateUrl(url, { account })
  } catch (thrown) {
    throw thrown instanceof AppError ? new CommandError(thrown.publicText) : thrown
  }
}
