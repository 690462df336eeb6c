import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRuns } from '../../../lib/record/find-runs.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runs-'))
  for (const [run, file] of [
    ['run-10', 'run.json'],
    ['run-2', 'run.json'],
    ['run-3', 'samples.ndjson'],
    ['notes', 'read-me.txt'],
  ] as const) {
    await mkdir(join(folder, 'many', run), { recursive: true })
    await writeFile(join(folder, 'many', run, file), '{}')
  }
  await writeFile(join(folder, 'many', 'a-file'), '')
  await symlink(join(folder, 'nowhere'), join(folder, 'many', 'broken-link'))
  await mkdir(join(folder, 'unreadable'))
  // A link to itself cannot be read, by root either.
  await symlink('endless', join(folder, 'unreadable', 'endless'))
})

afterAll(() => rm(folder, { recursive: true }))

test('the runs of a directory in the order of their numbers; what is no run is passed over', async () => {
  const runs = await findRuns('many', join(folder, 'many'))
  expect(runs.map(({ kind, shown }) => [kind, shown])).toEqual([
    ['record', 'many/run-2/run.json'],
    ['cut-off', 'many/run-3'],
    ['record', 'many/run-10/run.json'],
  ])
})

test('a directory inside that cannot be read is an error: it may be one of the runs', async () => {
  await expect(findRuns('unreadable', join(folder, 'unreadable'))).rejects.toThrow(
    'cannot read directory "unreadable/endless": too many symbolic links encountered',
  )
})
