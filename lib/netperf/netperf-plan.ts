import type { RunScope } from '../run/run-scope.ts'
import type { Toleration } from '../workload/pods/pod-manifest.ts'
import type { Engine, Timing } from './engines/engine.ts'
import type { EngineName, TestCase } from './test-case.ts'

/** What one run does, with every default in force. */
export interface NetperfPlan {
  scope: RunScope
  tests: readonly TestCase[]
  /** Did the user say which engines? Else another may do a test that the image has no engine for. */
  isEngineNamed: boolean
  /** Those that the tests name. */
  engines: ReadonlyMap<EngineName, Engine>
  /** How many samples each test gets, one test after the other and then all again. */
  samples: number
  timing: Timing
  pods: NetperfPods
  /** Clients and servers of each test; mesh: every ordered pair of nodes, in rounds. */
  arrangement: { kind: 'ratio'; clients: number; servers: number } | { kind: 'mesh' }
  /** For the run's pods to be ready, once; traffic has its own limit. */
  timeoutMs: number
  cleanUpTimeoutMs: number
  keep: boolean
  /** The command line, for whoever finds the objects. */
  command: string
  /** What removes the objects later, if they cannot be removed now. */
  cleanUpCommand: string
}

/** How the pods are made that carry the traffic. */
export interface NetperfPods {
  /** Of each engine that a test uses. */
  images: ReadonlyMap<EngineName, string>
  imagePullSecret?: string
  tolerations: readonly Toleration[]
  nodeSelector: Readonly<Record<string, string>>
  clientNode?: string
  serverNode?: string
  /** A Kubernetes quantity; there is never a limit. */
  cpuRequest: string
}
