import { type Target, targetName } from '../executables/targets.ts'

/** The same in every release, so that the newest has a fixed address. */
export function archiveName(target: Target): string {
  return `kubectl-perf-${targetName(target)}${target.os === 'windows' ? '.zip' : '.tar.gz'}`
}
