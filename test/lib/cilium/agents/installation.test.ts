import { expect, test } from 'vitest'
import { findInstallation } from '../../../../lib/cilium/agents/installation.ts'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'

const exec = { verb: 'create', resource: 'pods', subresource: 'exec' }

/** Is refused these lists, and may do what is allowed. */
function user(refused: readonly string[], ...allowed: readonly string[]): KubeClient {
  return {
    list: async (path: string) => {
      if (refused.includes(path)) throw apiErrorOf(403, Buffer.from(`no ${path}`), undefined)
      return { items: [], resourceVersion: '1' }
    },
    create: async (_: string, { spec }: { spec: { resourceAttributes?: Record<string, string> } }) => {
      const { verb, resource, subresource } = spec?.resourceAttributes ?? {}
      const what = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`
      return { status: { allowed: allowed.includes(what), userInfo: { username: 'jane' } } }
    },
  } as never
}

const find = (client: KubeClient) =>
  findInstallation(
    client,
    { nodes: [] },
    { signal: new AbortController().signal, neededLater: [exec], advice: ['the role'] },
  )

test('who may not look for agents is told what asking them needs too', async () => {
  await expect(find(user(['/api/v1/pods']))).rejects.toMatchObject({
    message: 'error: cannot list pods: forbidden for user "jane"',
    advice: [
      'needs:   list pods, create pods/exec',
      'missing: list pods, create pods/exec',
      'try:     -n NAMESPACE, or the role',
    ],
  })
  await expect(find(user(['/api/v1/pods'], 'create pods/exec'))).rejects.toMatchObject({
    advice: ['needs:   list pods, create pods/exec', 'missing: list pods', 'try:     -n NAMESPACE, or the role'],
  })
})

test('who may list pods and not the DaemonSets reads of those, not of what is needed later', async () => {
  const refused = find(user(['/apis/apps/v1/daemonsets'], 'list pods'))
  await expect(refused).rejects.toMatchObject({ name: 'ApiError', code: 403 })
  await expect(refused).rejects.toThrow('/apis/apps/v1/daemonsets')
})
