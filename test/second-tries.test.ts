import { expect, test } from 'vitest'
import { filesToRepeat } from './second-tries.ts'

const ended = (name: string, state: 'passed' | 'failed') => ({
  relativeModuleId: `test/${name}.test.ts`,
  state: () => state,
})

test('few files that failed are run once more, where nothing else has failed', () => {
  const failed = ['a', 'b', 'c'].map((name) => ended(name, 'failed'))
  const files = ['test/a.test.ts', 'test/b.test.ts', 'test/c.test.ts']
  expect(filesToRepeat([...failed, ended('d', 'passed')], [])).toEqual(files)
  expect(filesToRepeat([...failed, ended('d', 'failed')], [])).toEqual([])
  expect(filesToRepeat(failed, [new Error('outside of any test')])).toEqual([])
  expect(filesToRepeat([ended('d', 'passed')], [])).toEqual([])
})
