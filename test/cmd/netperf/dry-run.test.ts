import { expect, test } from 'vitest'
import type { Context } from '../../../cmd/command.ts'
import { run } from '../../../cmd/root.ts'
import { fakeContext } from '../fake-context.ts'

type Client = Awaited<ReturnType<Context['connect']>>

function node(name: string, addresses: readonly string[]) {
  return {
    metadata: { name, labels: { 'kubernetes.io/os': 'linux' } },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: addresses.map((address) => ({ type: 'InternalIP', address })),
    },
  }
}

/** What an API server is asked to check, where the nodes have these addresses. */
async function checkedFamilies(addresses: readonly string[], ...argv: string[]): Promise<unknown[]> {
  const families: unknown[] = []
  const client: Pick<Client, 'namespace' | 'list' | 'request'> & AsyncDisposable = {
    namespace: 'default',
    list: (async () => ({ items: [node('node-a', addresses), node('node-b', addresses)] })) as never,
    request: (async ({ path, body }: { path: string; body: string }) => {
      if (path.endsWith('/services')) families.push(...(JSON.parse(body).spec.ipFamilies as string[]))
    }) as never,
    [Symbol.asyncDispose]: async () => {},
  }
  const { context, stderr } = fakeContext({ connect: async () => client as Client })
  expect([await run(['netperf', '--path', 'service', '--dry-run=server', ...argv], context), stderr()]).toEqual([0, ''])
  return families
}

test.each([
  [['10.0.0.1'], [], ['IPv4']],
  [['10.0.0.1', 'fd00::1'], [], ['IPv4']],
  [['fd00::1', '10.0.0.1'], [], ['IPv6']],
  [['fd00::1'], [], ['IPv6']],
  [
    ['fd00::1', '10.0.0.1'],
    ['--ip-family', 'dual'],
    ['IPv4', 'IPv6'],
  ],
])('the API server checks the Services that a run would make: nodes with %j %j', async (addresses, argv, expected) => {
  expect(await checkedFamilies(addresses, ...argv)).toEqual(expected)
})
