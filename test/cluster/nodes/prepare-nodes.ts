import type { BinaryPaths } from '../binaries/obtain-binaries.ts'
import type { Report } from '../progress.ts'
import { ensurePrometheus } from '../prometheus/ensure-prometheus.ts'
import { ensureFilledStore } from './filled-store.ts'
import { ensureImages } from './image-store.ts'
import { requireIpv6 } from './ipv6-support.ts'
import { ensureRequiredPackages } from './required-packages.ts'

/** Obtains what real nodes need beyond their binaries: Debian packages and images. Quick when all is there. */
export async function prepareNodes(
  wanted: { dualStack: boolean; cilium: boolean; coreDns: boolean; metricsServer: boolean; prometheus: boolean },
  binaries: BinaryPaths,
  report: Report,
): Promise<void> {
  const { dualStack, cilium, coreDns, metricsServer, prometheus } = wanted
  if (dualStack) requireIpv6()
  await ensureRequiredPackages(cilium, report)
  await ensureImages('images', binaries, report)
  if (prometheus) {
    await ensurePrometheus(report)
    await ensureImages('prometheus-images', binaries, report)
  }
  if (coreDns) await ensureImages('dns-images', binaries, report)
  if (metricsServer) await ensureImages('metrics-images', binaries, report)
  if (!cilium) return
  await ensureImages('cilium-images', binaries, report)
  await ensureFilledStore(report)
}
