import { readFile, stat } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import type { Environment } from './connection-options.ts'
import type { Selection } from './kubeconfig-selection.ts'

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * The cluster around the pod that this runs in (client-go rest.InClusterConfig), with the flags that `selection` holds
 * laid over it; undefined where this is no pod.
 */
export async function inClusterSelection(
  selection: Selection,
  { variables }: Environment,
  folder: string = SERVICE_ACCOUNT,
): Promise<Selection | undefined> {
  const host = variables.KUBERNETES_SERVICE_HOST
  const port = variables.KUBERNETES_SERVICE_PORT
  const token = await stat(`${folder}/token`).catch(() => undefined)
  if (!host || !port || token === undefined || token.isDirectory()) return undefined
  const certificateAuthority = await stat(`${folder}/ca.crt`).then(
    () => `${folder}/ca.crt`,
    () => '',
  )
  return {
    ...selection,
    contextName: selection.contextName || 'in-cluster',
    namespace: selection.namespace || variables.POD_NAMESPACE || (await readNamespace(folder)),
    cluster: {
      ...selection.cluster,
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      ...(selection.cluster.certificateAuthority === '' && !selection.cluster.insecureSkipTlsVerify
        ? { certificateAuthority }
        : {}),
    },
    user: { ...selection.user, tokenFile: selection.user.token === '' ? `${folder}/token` : '' },
  }
}

async function readNamespace(folder: string): Promise<string> {
  const text = await readFile(`${folder}/namespace`, 'utf8').catch(() => '')
  return text.trim()
}
