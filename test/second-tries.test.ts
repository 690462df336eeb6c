import { expect, test } from 'vitest'
import { filesToRepeat } from './second-tries.ts'

const ended = (name: string, state: 'passed' | 'failed') => ({
  relativeModuleId: `test/${name}.test.ts`,
  project: { name },
  state: () => state,
})

test('only files with clusters are run once more, and only where nothing else has failed', () => {
  const failed = ['cluster', 'disturbing', 'alone'].map((name) => ended(name, 'failed'))
  const files = ['test/cluster.test.ts', 'test/disturbing.test.ts', 'test/alone.test.ts']
  expect(filesToRepeat([...failed, ended('unit', 'passed')], [])).toEqual(files)
  expect(filesToRepeat([...failed, ended('unit', 'failed')], [])).toEqual([])
  expect(filesToRepeat(failed, [new Error('outside of any test')])).toEqual([])
  expect(filesToRepeat([ended('cluster', 'passed')], [])).toEqual([])
})
