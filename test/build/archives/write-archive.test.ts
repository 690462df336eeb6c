import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArchiveFile, writeArchive } from '../../../build/archives/write-archive.ts'

const TIME = new Date('2026-01-02T03:04:06Z')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-archive-'))
})
afterAll(() => rm(folder, { recursive: true }))

const files = async (): Promise<ArchiveFile[]> => {
  // Made anew each time: the archive does not show when.
  const path = join(folder, 'program')
  await rm(path, { force: true })
  await writeFile(path, 'a program', { mode: 0o600 })
  return [
    { name: 'program', isExecutable: true, content: { path } },
    { name: 'LICENSE', isExecutable: false, content: 'a licence' },
  ]
}

test.each(['a.tar.gz', 'a.zip'])('the same files give the same bytes, in any order: %s', async (name) => {
  const [first, second] = [join(folder, `1-${name}`), join(folder, `2-${name}`)]
  await writeArchive(first, await files(), TIME, join(folder, 'staging'))
  await writeArchive(second, (await files()).toReversed(), TIME, join(folder, 'staging'))
  expect(await readFile(second)).toEqual(await readFile(first))
  await writeArchive(second, await files(), new Date('2026-01-02T03:04:08Z'), join(folder, 'staging'))
  expect(await readFile(second)).not.toEqual(await readFile(first))
})

test('a tar.gz as tar sees it', async () => {
  const path = join(folder, 'b.tar.gz')
  await writeArchive(path, await files(), TIME, join(folder, 'staging'))
  const listing = execFileSync('tar', ['-tvzf', path, '--full-time'], { encoding: 'utf8', env: { TZ: 'UTC' } })
  expect(listing.replaceAll(/ +/g, ' ')).toBe(
    '-rw-r--r-- 0/0 9 2026-01-02 03:04:06 LICENSE\n-rwxr-xr-x 0/0 9 2026-01-02 03:04:06 program\n',
  )
  expect(execFileSync('tar', ['-xOzf', path, 'program'], { encoding: 'utf8' })).toBe('a program')
})

test('what cannot be read is an error, for either kind', async () => {
  const missing = [{ name: 'program', isExecutable: true, content: { path: join(folder, 'missing') } }]
  for (const name of ['c.tar.gz', 'c.zip']) {
    await expect(writeArchive(join(folder, name), missing, TIME, join(folder, 'staging'))).rejects.toThrow('ENOENT')
  }
})
