import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Watchdog {
  /** The cluster was removed in good order: nothing is left to do. */
  dismiss(): void
}

/**
 * Starts a process that removes the cluster when this one ends without having done so, whatever ended it, SIGKILL included: it
 * waits at the other end of a pipe, which the kernel closes. It is a shell until then, which costs a megabyte.
 */
export function startWatchdog(name: string): Watchdog {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(
    'sh',
    ['-c', 'read -r word; [ "$word" = done ] || exec "$@"', 'sh', process.execPath, main, 'down', '--name', name],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  child.unref()
  child.stdin.on('error', () => {
    // The watchdog was killed: nobody is there to be dismissed.
  })
  return {
    dismiss: () => child.stdin.end('done\n'),
  }
}
