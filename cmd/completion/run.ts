import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import type { OptionValues } from '../option-table.ts'
import { installShim, uninstallShim } from './install.ts'
import type { completionOptions } from './options.ts'
import { COMPLETION_SCRIPTS, type Shell } from './scripts.ts'

export async function runCompletion(
  options: OptionValues<typeof completionOptions>,
  context: Context,
  [what]: readonly string[],
): Promise<number> {
  if (what === 'install') await installShim(options, context)
  else if (what === 'uninstall') await uninstallShim(options, context)
  else context.io.stdout.write(COMPLETION_SCRIPTS[what as Shell])
  return PASSED
}
