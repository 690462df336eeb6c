import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ControlPlane } from '../../cluster/control-plane.ts'

/** A port of this machine that kubectl connects with a port of a pod: a way to it that has nothing of our own. */
export async function kubectlPortForward(
  { kubectlPath, environment }: Pick<ControlPlane, 'kubectlPath' | 'environment'>,
  { namespace, pod }: { namespace: string; pod: string },
  port: number,
): Promise<AsyncDisposable & { readonly localPort: number }> {
  const kubectl = spawn(kubectlPath, ['port-forward', '-n', namespace, pod, `:${port}`], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(kubectl, 'exit')
  const failed = ended.then(([code]) => {
    throw new Error(`kubectl port-forward to ${pod} ended with exit code ${code}`)
  })
  failed.catch(() => {})
  const [line] = (await Promise.race([once(createInterface(kubectl.stdout), 'line'), failed])) as [string]
  return {
    localPort: Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]),
    async [Symbol.asyncDispose]() {
      kubectl.kill()
      await ended
    },
  }
}
