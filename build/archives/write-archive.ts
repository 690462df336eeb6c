import { createWriteStream } from 'node:fs'
import { chmod, link, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { create } from 'tar'
import { ZipFile } from 'yazl'

/** A file of an archive, at its top. */
export interface ArchiveFile {
  readonly name: string
  readonly isExecutable: boolean
  /** The content, or where it is. */
  readonly content: string | { readonly path: string }
}

/**
 * Writes a `.zip` or a `.tar.gz`. The same files give the same bytes: in the order of their names, all of one time, without
 * the owner's name.
 * @param staging a folder that is made, and removed again
 */
export async function writeArchive(
  path: string,
  files: readonly ArchiveFile[],
  time: Date,
  staging: string,
): Promise<void> {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  try {
    for (const { name, isExecutable, content } of sorted) {
      const file = join(staging, name)
      if (typeof content === 'string') await writeFile(file, content)
      else await link(content.path, file)
      await chmod(file, isExecutable ? 0o755 : 0o644)
    }
    if (path.endsWith('.zip')) await writeZip(path, sorted, time, staging)
    else await writeTarGz(path, sorted, time, staging)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function writeTarGz(path: string, files: readonly ArchiveFile[], mtime: Date, staging: string): Promise<void> {
  const tar = create(
    { cwd: staging, portable: true, mtime },
    files.map(({ name }) => name),
  )
  await pipeline(tar, createGzip(), createWriteStream(path))
}

async function writeZip(path: string, files: readonly ArchiveFile[], mtime: Date, staging: string): Promise<void> {
  const zip = new ZipFile()
  for (const { name, isExecutable } of files) {
    zip.addFile(join(staging, name), name, { mtime, mode: isExecutable ? 0o100755 : 0o100644 })
  }
  zip.end()
  const failed = new Promise<never>((_, reject) => {
    zip.once('error', reject)
  })
  await Promise.race([failed, pipeline(zip.outputStream, createWriteStream(path))])
}
