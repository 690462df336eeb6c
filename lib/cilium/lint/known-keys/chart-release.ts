import { UsageError } from '../../../errors/perf-error.ts'
import type { CiliumVersion } from '../../cilium-version.ts'
import { CHART_RELEASES } from './chart-keys.ts'

/** The minor versions whose charts are known, oldest first. */
export function knownMinors(): readonly number[] {
  return CHART_RELEASES.map(minorOf)
}

/**
 * The release whose chart answers for a version: that of the same minor version, the newest for newer ones.
 * @throws UsageError for versions older than all that are known
 */
export function chartReleaseFor({ minor }: CiliumVersion): string {
  const [oldest = ''] = CHART_RELEASES
  const newest = CHART_RELEASES.at(-1) ?? ''
  if (minor > minorOf(newest)) return newest
  const release = CHART_RELEASES.find((release) => minorOf(release) === minor)
  if (release !== undefined) return release
  throw new UsageError(`Cilium 1.${minor} is older than all whose keys are known`, {
    advice: [`--cilium-version takes 1.${minorOf(oldest)} to 1.${minorOf(newest)}`],
  })
}

/** 17 of `1.17.3`. */
export function minorOf(release: string): number {
  return Number(release.split('.')[1])
}
