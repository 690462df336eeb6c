import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DEFAULT_SUITE } from '../../lib/acceptance/suite/default-suite.ts'
import { readSuite, type Suite, type SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import { fileFault } from '../../lib/errors/file-fault.ts'
import { UsageError } from '../../lib/errors/perf-error.ts'
import { nearest } from '../../lib/record/nearest-word.ts'
import type { Context } from '../command.ts'
import type { AcceptOptions } from './options.ts'

/** The suite as YAML, from its file or from the program. */
export async function suiteText(
  { suite }: Pick<AcceptOptions, 'suite'>,
  { workingDirectory }: Pick<Context, 'workingDirectory'>,
): Promise<string> {
  if (suite === 'default') return DEFAULT_SUITE
  return readFile(resolve(workingDirectory, suite), 'utf8').catch((error: unknown) => {
    throw new UsageError(`cannot read suite file "${suite}": ${fileFault(error)}`, {
      advice: ['--print-suite prints the one that is part of the program'],
    })
  })
}

/**
 * The suite that the options name, with the items that they choose.
 * @throws UsageError where the file has a fault, or nothing is chosen
 */
export async function loadSuite(
  options: Pick<AcceptOptions, 'suite' | 'include' | 'item'>,
  context: Pick<Context, 'workingDirectory'>,
): Promise<Suite> {
  const suite = readSuite(await suiteText(options, context), options.suite)
  return { ...suite, items: chooseItems(suite, options) }
}

function chooseItems(
  { items, name }: Suite,
  { include, item }: Pick<AcceptOptions, 'include' | 'item'>,
): readonly SuiteItem[] {
  const names = items.map((each) => each.name)
  const unknown = item.find((wanted) => !names.includes(wanted))
  if (unknown !== undefined) {
    const near = nearest(unknown, names)
    throw new UsageError(
      `suite ${name} has no item "${unknown}"${near === undefined ? `, it has ${names.join(', ')}` : `; did you mean ${near}?`}`,
    )
  }
  const chosen = items.filter(
    (each) => (item.length === 0 || item.includes(each.name)) && (include.length === 0 || include.includes(each.level)),
  )
  if (chosen.length === 0)
    throw new UsageError(`no item of suite ${name} is left to measure: look at --include and --item`)
  return chosen
}
