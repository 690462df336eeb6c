import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { certificateFile, keyFile } from './certificates.ts'

export function kubeconfigFile(folder: string, user: string): string {
  return join(folder, `${user}.kubeconfig`)
}

/** Writes a kubeconfig that stands alone: the certificates are in it. `user` names the certificate too. Gives its path. */
export async function writeKubeconfig(folder: string, cluster: string, server: string, user: string): Promise<string> {
  const base64 = async (path: string) => (await readFile(path)).toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: { server, 'certificate-authority-data': await base64(certificateFile(folder, 'ca')) },
      },
    ],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': await base64(certificateFile(folder, user)),
          'client-key-data': await base64(keyFile(folder, user)),
        },
      },
    ],
    contexts: [{ name: cluster, context: { cluster, user } }],
    'current-context': cluster,
  }
  const path = kubeconfigFile(folder, user)
  await writeFile(path, stringify(config), { mode: 0o600 })
  return path
}
