import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, onTestFinished } from 'vitest'

interface Folder {
  /** The path of a file in it. */
  place: (name: string) => string
  /** Writes files by their names. */
  write: (files: Readonly<Record<string, string>>) => Promise<void>
}

/** A folder for the files of a test, gone when it is over. */
export function folderForEachTest(): Folder {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'test-files-'))
    onTestFinished(() => rm(folder, { recursive: true }))
  })
  const place = (name: string) => join(folder, name)
  return {
    place,
    async write(files) {
      for (const [name, text] of Object.entries(files)) await writeFile(place(name), text)
    },
  }
}
