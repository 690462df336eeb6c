import type { NetperfPlan } from '../netperf-plan.ts'
import { engines } from './engines.ts'
import type { MissingEngine } from './missing-engine.ts'

/**
 * The same plan with iperf2's bounce-back for netperf's transactions, where the image has only that one.
 * @returns undefined when the user named the engine, or iperf2 cannot do what is asked for either
 */
export function substituteEngine(
  plan: NetperfPlan,
  { image, engine, present }: MissingEngine,
): NetperfPlan | undefined {
  if (plan.isEngineNamed || engine !== 'netperf' || !present.includes('iperf2')) return undefined
  const tests = plan.tests.map((test) => (test.engine === 'netperf' ? { ...test, engine: 'iperf2' as const } : test))
  const { iperf2 } = engines
  if (tests.some((test) => test.engine === 'iperf2' && iperf2.refuses(test) !== undefined)) return undefined
  return {
    ...plan,
    tests,
    engines: new Map([...plan.engines, ['iperf2', iperf2]]),
    pods: { ...plan.pods, images: new Map([...plan.pods.images, ['iperf2', image]]) },
  }
}
