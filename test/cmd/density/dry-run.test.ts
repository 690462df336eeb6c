import { expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import type { KubeClient } from '../../../lib/kube/client.ts'
import { fakeContext } from '../fake-context.ts'

const plan = ['density', '--dry-run=client', '--iterations', '1']

test('the plan says what is sent, one of a kind as one', async () => {
  const fake = fakeContext()
  expect(await run(plan, fake.context)).toBe(0)
  const lines = fake.stdout().split('\n')
  expect(lines[0]).toBe('# 1 pod in the end; everything is removed afterwards')
  expect(lines).toContain('# phase create: 1 request at 20.0/s, at most 50 at once, then waits for the pods')
})

test("without --namespace the plan has that of the kubeconfig's context", async () => {
  const client = { namespace: 'team-a', [Symbol.asyncDispose]: async () => {} } as unknown as KubeClient
  const fake = fakeContext({ connect: async () => client })
  expect(await run([...plan, '--no-create-namespace'], fake.context)).toBe(0)
  expect(fake.stdout()).toContain('# POST /api/v1/namespaces/team-a/pods\n')
})
