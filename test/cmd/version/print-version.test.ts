import { expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import { fakeContext } from '../fake-context.ts'

test.each([
  [[], 'kubectl-perf v1.2.3\n'],
  [['-o', 'json'], '{\n  "name": "kubectl-perf",\n  "version": "v1.2.3",\n  "platform": "linux/amd64"\n}\n'],
  [['-o', 'yaml'], 'name: kubectl-perf\nversion: v1.2.3\nplatform: linux/amd64\n'],
])('version %j', async (flags, expected) => {
  const { context, stdout } = fakeContext()
  expect(await run(['version', ...flags], context)).toBe(0)
  expect(stdout()).toBe(expected)
})
