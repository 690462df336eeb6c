import { expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import { fakeContext } from '../fake-context.ts'

test.each([
  [['--run', 'abc123', '--all'], '--run names some runs and --all means every one'],
  [['--run', 'ABC'], 'invalid argument "ABC" for "--run" flag: must be a run id of six letters and digits'],
])('%j is refused before any cluster is asked', async (argv, fault) => {
  const fake = fakeContext()
  expect(await run(['cleanup', '-y', ...argv], fake.context)).toBe(2)
  expect(fake.stderr()).toBe(`error: ${fault}\nSee 'kubectl perf cleanup --help' for usage.\n`)
})
