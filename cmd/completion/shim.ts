// kubectl asks a program of this name, which it looks up in PATH, what may follow `kubectl perf` (since kubectl 1.26).

export interface Shim {
  readonly name: string
  readonly text: string
}

const POSIX = `#!/bin/sh
# Tells kubectl what may follow "kubectl perf": https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins
exec kubectl-perf __complete "$@" 2>/dev/null
`

const WINDOWS = '@echo off\r\nkubectl-perf.exe __complete %* 2>nul\r\n'

/** @param platform Node's word for it: `linux`, `darwin`, `win32` */
export function completionShim(platform: string): Shim {
  if (platform === 'win32' || platform.startsWith('windows'))
    return { name: 'kubectl_complete-perf.cmd', text: WINDOWS }
  return { name: 'kubectl_complete-perf', text: POSIX }
}
