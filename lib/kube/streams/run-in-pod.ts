import type { KubeClient } from '../client.ts'
import type { ExecOptions, ExecResult, ExecTarget } from './exec.ts'

/** Runs a command and waits for its end; the rejections are those of `RunningCommand.done`. */
export function runInPod(
  client: Pick<KubeClient, 'exec'>,
  target: ExecTarget,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  return client.exec(target, command, options).done
}
