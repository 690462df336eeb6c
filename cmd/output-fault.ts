/**
 * Listens for writes to stdout that fail, such as on a full disk, and says so on stderr. A reader that has seen enough
 * (`| head`) is no fault: the program ends as it would.
 * @returns whether a write has failed so far
 */
export function watchOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): () => boolean {
  let failed = false
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || failed) return
    failed = true
    stderr.write(`error: cannot write the result: ${error.message}\n`)
  })
  // Nobody is left to tell.
  stderr.on('error', () => {})
  return () => failed
}
