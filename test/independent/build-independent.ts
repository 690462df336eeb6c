import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SOURCE = fileURLToPath(new URL('.', import.meta.url))
const OUTPUT = fileURLToPath(new URL('../../.cache/independent', import.meta.url))

/** Builds the independent program of this folder, a second or two with Go's cache, and gives its path. */
export async function buildIndependent(): Promise<string> {
  await mkdir(fileURLToPath(new URL('../../.cache', import.meta.url)), { recursive: true })
  await promisify(execFile)('go', ['build', '-o', OUTPUT, '.'], { cwd: SOURCE })
  return OUTPUT
}
