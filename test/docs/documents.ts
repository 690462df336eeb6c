import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Document {
  /** From the root of the project: `docs/density.md`. */
  readonly path: string
  readonly lines: readonly string[]
}

/** README and all that is written for users. */
export async function documents(): Promise<readonly Document[]> {
  const paths = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  for await (const path of glob('docs/**/*.md', { cwd: ROOT })) paths.push(path)
  return Promise.all(
    paths.sort().map(async (path) => ({ path, lines: (await readFile(join(ROOT, path), 'utf8')).split('\n') })),
  )
}

export interface Line {
  readonly text: string
  /** From 1. */
  readonly number: number
  /** Within ``` marks. */
  readonly isCode: boolean
}

/** The lines of a document, those of its ``` marks left out. */
export function linesOf({ lines }: Document): readonly Line[] {
  let isCode = false
  return lines.flatMap((text, index) => {
    if (/^\s*```/.test(text)) {
      isCode = !isCode
      return []
    }
    return [{ text, number: index + 1, isCode }]
  })
}
