import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The flags that the command reference of a Cilium names for its agent and its operators. Hidden ones are not there. */
export async function readDocumentedFlags(folder: string): Promise<ReadonlySet<string>> {
  const flags = new Set<string>()
  for (const name of await readdir(folder)) {
    if (!/^cilium-(agent|operator(-[a-z]+)?)\.md$/.test(name)) continue
    const text = await readFile(join(folder, name), 'utf8')
    for (const [, flag = ''] of text.matchAll(/^ +(?:-\w, )?--([a-z0-9-]+)/gm)) flags.add(flag)
  }
  return flags
}

/**
 * The source of lib/cilium/lint/known-keys/documented-flags.ts.
 * @param byMinor the flags of each minor version, oldest first
 */
export function renderFlagTable(byMinor: ReadonlyMap<number, ReadonlySet<string>>): string {
  const minors = [...byMinor.keys()]
  const names = [...new Set([...byMinor.values()].flatMap((flags) => [...flags]))].sort()
  const lines = names.map((name) => {
    const has = minors.filter((minor) => byMinor.get(minor)?.has(name) === true)
    const [first, last] = [has[0] === minors[0] ? '' : has[0], has.at(-1) === minors.at(-1) ? '' : has.at(-1)]
    return first === '' && last === '' ? name : `${name} ${first}-${last}`
  })
  return `// Made by build/cilium-keys.ts from the command reference of Cilium: do not edit.

/**
 * A line for each flag of the agent or the operator that the documentation names: \`name [minors]\`, the first and the last
 * minor version that have it, \`16-\`, \`-17\` or \`15-17\`. Agents have more flags, which are hidden.
 */
export const DOCUMENTED_FLAGS = \`
${lines.join('\n')}
\`
`
}
