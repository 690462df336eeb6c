import { open } from 'node:fs/promises'
import { finished } from 'node:stream/promises'

/** A new file that grows line by line while a run goes on. */
export interface AppendOnlyFile {
  /** Hands a line to the operating system as soon as it takes it; after a fault nothing is written any more. */
  line(text: string): void
  /** Resolves when all lines are written; rejects with the first fault. */
  end(): Promise<void>
}

/**
 * Lines reach the file in their order, and a program that is killed leaves at most its last line cut off.
 * @param onFault told once, as soon as a write fails: a full disk must not end a run that has objects in a cluster
 * @throws the system's error when the file exists or cannot be made
 */
export async function createAppendOnlyFile(path: string, onFault: (error: Error) => void): Promise<AppendOnlyFile> {
  const stream = (await open(path, 'wx')).createWriteStream()
  let fault: Error | undefined
  stream.on('error', (error) => {
    if (fault !== undefined) return
    fault = error
    onFault(error)
  })
  return {
    line(text) {
      if (fault === undefined && !stream.writableEnded) stream.write(`${text}\n`)
    },
    async end() {
      stream.end()
      await finished(stream)
    },
  }
}
