import { stringify } from 'yaml'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import type { OptionValues } from '../option-table.ts'
import type { versionOptions } from './options.ts'

export async function printVersion(
  { output }: OptionValues<typeof versionOptions>,
  { io, version, platform }: Context,
): Promise<number> {
  const facts = { name: 'kubectl-perf', version, platform }
  if (output === 'json') io.stdout.write(`${JSON.stringify(facts, null, 2)}\n`)
  else if (output === 'yaml') io.stdout.write(stringify(facts))
  else io.stdout.write(`${facts.name} ${version}\n`)
  return PASSED
}
