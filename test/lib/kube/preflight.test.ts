import { expect, test } from 'vitest'
import { findMissingPermissions, PermissionError, requirePermissions } from '../../../lib/kube/preflight.ts'
import { type Call, startFaultServer } from './fault-server.ts'

interface Attributes {
  verb: string
  resource: string
  group?: string
  subresource?: string
  namespace?: string
}

const attributesOf = (call: Call) =>
  (JSON.parse(call.body) as { spec: { resourceAttributes: Attributes } }).spec.resourceAttributes

/** Allows what `allows` says, and knows the user as writer. */
function reviews(allows: (attributes: Attributes) => boolean): (call: Call) => void {
  return (call) => {
    if (call.path.endsWith('/selfsubjectreviews')) call.reply(201, { status: { userInfo: { username: 'writer' } } })
    else call.reply(201, { status: { allowed: allows(attributesOf(call)) } })
  }
}

const PODS = { resource: 'pods', namespace: 'x' }

test('all permissions are asked for, those that are denied come back in their order', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer(reviews(({ verb }) => verb === 'list'))
  const wanted = [
    { verb: 'create', ...PODS },
    { verb: 'list', ...PODS },
    { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale', name: 'd' },
  ]
  expect(await findMissingPermissions(client, wanted)).toEqual([wanted[0], wanted[2]])
  expect(server.calls.map(attributesOf).sort((a, b) => a.verb.localeCompare(b.verb))).toEqual([
    { verb: 'create', resource: 'pods', namespace: 'x' },
    { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale', name: 'd' },
    { verb: 'list', resource: 'pods', namespace: 'x' },
  ])
})

test('the error says what is needed, what is missing, for whom, and what to do', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer(reviews(({ verb, resource }) => resource === 'pods' && verb !== 'create'))
  const wanted = [
    { verb: 'create', ...PODS },
    { verb: 'watch', ...PODS },
    { verb: 'create', resource: 'namespaces' },
    { verb: 'get', group: 'apps', resource: 'deployments' },
  ]
  const error: unknown = await requirePermissions(client, wanted, undefined, [
    '--namespace NS',
    'apply the roles',
  ]).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(PermissionError)
  expect(error).toMatchObject({
    message: 'error: cannot create pods in namespace "x": forbidden for user "writer"',
    advice: [
      'needs:   create,watch pods in x, create namespaces, get deployments.apps',
      'missing: create pods in x, create namespaces, get deployments.apps',
      'try:     --namespace NS, or apply the roles',
    ],
  })
})

test('nothing missing is no error, and nobody is asked who the user is', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer(reviews(() => true))
  await requirePermissions(client, [{ verb: 'create', ...PODS }])
  expect(server.calls.length).toBe(1)
})

test('a server that does not know who asks: the kubeconfig’s name serves', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) =>
    call.path.endsWith('/selfsubjectreviews') ? call.reply(404, '') : call.reply(201, { status: {} }),
  )
  await expect(requirePermissions(client, [{ verb: 'create', resource: 'namespaces' }])).rejects.toThrow(
    'error: cannot create namespaces: forbidden for user ""',
  )
})
