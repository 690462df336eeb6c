import type { SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import { UsageError } from '../../lib/errors/perf-error.ts'
import { nearest } from '../../lib/record/nearest-word.ts'
import type { Context } from '../command.ts'
import type { OptionTable } from '../option-table.ts'
import { readOptionValues } from '../option-value.ts'
import type { AcceptOptions } from './options.ts'
import type { Ask, ItemKind } from './work.ts'

/**
 * An item's parameters as the values of its command's options, with what the whole run says.
 * @throws UsageError `file:line: what`
 */
export function readParameters(
  item: SuiteItem,
  kind: ItemKind,
  { imageRegistry }: Pick<AcceptOptions, 'imageRegistry'>,
  context: Context,
): Ask {
  const { options: table, sharingKey } = kind
  const texts = new Map<string, readonly string[]>()
  for (const [name, parameter] of item.parameters) {
    if (!Object.hasOwn(table, name)) throw unknownParameter(name, parameter.place, item, table)
    checkParameter(name, parameter, table)
    texts.set(name, parameter.texts)
  }
  if ('timeout' in table && !texts.has('timeout')) texts.set('timeout', [`${item.timeoutMs}ms`])
  const values = {
    ...readOptionValues(table, texts, context.environment),
    // What every command reads, and no item says.
    ...NOTHING_SAID,
    ...(imageRegistry === undefined ? {} : { imageRegistry }),
  }
  try {
    sharingKey(values, context)
  } catch (error) {
    if (error instanceof UsageError) throw inFile(error, item.place)
    throw error
  }
  return { item, values }
}

const NOTHING_SAID = {
  keep: false,
  yes: true,
  dryRun: 'none',
  noCreateNamespace: false,
  repeat: 1,
  output: 'table',
} as const

function checkParameter(
  name: string,
  { texts, place }: { texts: readonly string[]; place: string },
  table: OptionTable,
): void {
  const option = table[name]
  if (option === undefined) return
  const isList = option.kind !== 'boolean' && option.list !== undefined
  if (texts.length === 0) throw new UsageError(`${place}: ${name} is an empty list`)
  if (!isList && texts.length !== 1) throw new UsageError(`${place}: ${name} takes one value, not ${texts.length}`)
  if (option.kind === 'boolean' && !/^(true|false)$/.test(texts[0] ?? '')) {
    throw new UsageError(`${place}: ${name} must be true or false, not ${JSON.stringify(texts[0])}`)
  }
  try {
    readOptionValues({ [name]: option }, new Map([[name, texts]]), {})
  } catch (error) {
    if (error instanceof UsageError) throw inFile(error, place, name)
    throw error
  }
}

function unknownParameter(name: string, place: string, { command }: SuiteItem, table: OptionTable): UsageError {
  const known = Object.keys(table)
  const near = nearest(name, known)
  const hint = near === undefined ? `, there are ${known.join(', ')}` : `; did you mean ${near}?`
  return new UsageError(`${place}: ${command} has no parameter "${name}"${hint}`)
}

/** In a file there are no flags. */
function inFile({ message, advice }: UsageError, place: string, name?: string): UsageError {
  const said = message
    .replace(/^invalid argument (".*?") for ".*?" flag: (?=must )/, (_, text: string) => `${name ?? ''} ${text} `)
    .replace(/^invalid argument ".*?" for ".*?" flag: /, () => `${name ?? ''}: `)
    .replace(/(^|\s)--(?=[a-z])/g, '$1')
  return new UsageError(`${place}: ${said}`, { advice: advice.map((line) => line.replace(/(^|\s)--(?=[a-z])/g, '$1')) })
}
