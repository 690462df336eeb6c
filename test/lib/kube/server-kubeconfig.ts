import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FaultServer } from './fault-server.ts'

/** Writes a kubeconfig for a server of ours, with a token; gives its path. */
export async function writeServerKubeconfig({ url, authorityFile, folder }: FaultServer): Promise<string> {
  const path = join(folder, 'kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    clusters: [{ name: 'fake', cluster: { server: url, 'certificate-authority': authorityFile } }],
    users: [{ name: 'fake', user: { token: 'secret' } }],
  }
  await writeFile(path, JSON.stringify(config))
  return path
}
