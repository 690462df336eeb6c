import { PerfError } from '../../../lib/errors/perf-error.ts'
import { installPackages } from '../debian-packages.ts'
import { exclusively } from '../exclusive.ts'
import { findProgram } from '../executables.ts'
import type { Report } from '../progress.ts'

/** Where a cluster's Prometheus runs: beside the control plane, or in the cluster as kube-prometheus-stack has it. */
export type PrometheusPlace = 'none' | 'process' | 'pod'

/** Gives the path of Debian's Prometheus, installed where it is missing. */
export async function ensurePrometheus(report: Report): Promise<string> {
  return exclusively('prometheus-package', async () => {
    if ((await findProgram('prometheus')) === undefined)
      await installPackages('A Prometheus in the test cluster needs', ['prometheus'], report)
    const found = await findProgram('prometheus')
    if (found === undefined) throw new PerfError('After apt-get install, prometheus is still missing')
    return found
  })
}
