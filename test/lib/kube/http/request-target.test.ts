import { expect, test } from 'vitest'
import { requestTarget } from '../../../../lib/kube/http/request-target.ts'

test.for([
  ['GET', '/api/v1/pods', 'list', 'pods'],
  ['GET', '/api/v1/pods?limit=500', 'list', 'pods'],
  ['GET', '/api/v1/namespaces', 'list', 'namespaces'],
  ['GET', '/api/v1/namespaces/x', 'get', 'namespaces'],
  ['PUT', '/api/v1/namespaces/x/finalize', 'update', 'namespaces/finalize'],
  ['PATCH', '/api/v1/namespaces/x/status', 'patch', 'namespaces/status'],
  ['DELETE', '/api/v1/namespaces/x', 'delete', 'namespaces'],
  ['POST', '/api/v1/namespaces/x/pods', 'create', 'pods'],
  ['GET', '/api/v1/namespaces/x/pods/a', 'get', 'pods'],
  ['GET', '/api/v1/namespaces/x/pods/a/log', 'get', 'pods/log'],
  ['POST', '/api/v1/namespaces/x/pods/a/binding', 'create', 'pods/binding'],
  ['DELETE', '/api/v1/namespaces/x/pods', 'deletecollection', 'pods'],
  ['POST', '/apis/apps/v1/namespaces/x/deployments', 'create', 'deployments'],
  ['PUT', '/apis/apps/v1/namespaces/x/deployments/d/scale', 'update', 'deployments/scale'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'create', 'selfsubjectaccessreviews'],
  ['GET', '/api/v1/nodes/n/proxy/stats/summary', 'get', 'nodes/proxy'],
  ['GET', '/version', 'get', '/version'],
  ['GET', '/metrics', 'get', '/metrics'],
  ['GET', '/apis', 'get', '/apis'],
  ['GET', '/apis/apps/v1', 'get', '/apis/apps/v1'],
  ['GET', '/api/v1', 'get', '/api/v1'],
] as const)('%s %s', ([method, path, verb, resource]) => {
  expect(requestTarget(method, path)).toEqual({ verb, resource })
})
