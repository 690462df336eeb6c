import type { DensityDetails } from '../../record/details/density-details.ts'
import type { DensityRun } from '../density-run.ts'
import { measuredPods } from './measured-pods.ts'
import { podDetails } from './pod-details.ts'
import { findSlowNodes } from './slow-nodes.ts'
import { slowestPods } from './slowest-pods.ts'

/** What the record says beside the metrics of a run, but for what its instruments and its configuration add. */
export function densityDetailsOf(run: DensityRun): DensityDetails {
  const { loopDelay, deletionLoopDelay, uuid, jobs } = run
  return {
    ...(uuid === undefined ? {} : { uuid }),
    ...(jobs.length === 0 ? {} : { jobs: jobs.map(({ job }) => job) }),
    pods: podDetails(run),
    slowestPods: slowestPods(measuredPods(run)),
    slowNodes: findSlowNodes(run),
    ...(loopDelay === undefined
      ? {}
      : {
          eventLoopDelay: {
            ...loopDelay,
            ...(deletionLoopDelay === undefined ? {} : { deletion: deletionLoopDelay }),
          },
        }),
  }
}
