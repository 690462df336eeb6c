import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connect } from '../../../lib/kube/client.ts'
import type { ConnectionOptions } from '../../../lib/kube/kubeconfig/connection-options.ts'

/** The same request, for the real kubectl (by flags) and for our client (by options). It must fail. */
export interface Situation {
  options?: ConnectionOptions
  flags?: readonly string[]
  variables?: Readonly<Record<string, string>>
  path?: string
  /** Posts this object instead of reading the path. */
  body?: object
}

export interface Words {
  /** What the real kubectl writes to stderr. */
  kubectl(situation: Situation): Promise<string>
  /** What our client's error says. */
  ours(situation: Situation): Promise<string>
}

/** @param folder where both have their home and their working directory */
export function askBoth(kubectlPath: string, folder: string): Words {
  return {
    async kubectl({ flags = [], variables = {}, path = '/version', body }) {
      const command = body === undefined ? ['get', '--raw', path] : ['create', '--raw', path, '-f', '-']
      const run = execFile(kubectlPath, [...flags, ...command], {
        cwd: folder,
        // Nothing of this process's own environment: some situations must not have a KUBECONFIG.
        env: { HOME: folder, PATH: '/usr/bin:/bin', KUBECACHEDIR: join(folder, 'cache'), ...variables },
        timeout: 30_000,
      })
      run.stdin?.end(body === undefined ? '' : JSON.stringify(body))
      let said = ''
      run.stderr?.on('data', (text: string) => {
        said += text
      })
      const [code] = await once(run, 'close')
      if (code !== 1 || said === '') throw new Error(`kubectl ${flags.join(' ')} ended with ${code} and said "${said}"`)
      return said.trim()
    },
    async ours({ options = {}, variables = {}, path = '/version', body }) {
      const environment = {
        variables: { PATH: '/usr/bin:/bin', ...variables },
        homeDirectory: folder,
        workingDirectory: folder,
      }
      try {
        const client = await connect(options, environment)
        try {
          const timeoutMs = options.requestTimeoutMs ?? 10_000
          await (body === undefined ? client.getJson(path, { timeoutMs }) : client.create(path, body, { timeoutMs }))
        } finally {
          await client[Symbol.asyncDispose]()
        }
      } catch (error) {
        return (error as Error).message.trim()
      }
      throw new Error('our client did not fail')
    },
  }
}
