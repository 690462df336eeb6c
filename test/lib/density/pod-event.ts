import type { EventObject } from '../../../lib/workload/pods/pod-event.ts'

/** An event as the kubelet of a node writes it, made at a time of the node's clock (ms since the epoch). */
export function kubeletEvent(
  uid: string,
  reason: string,
  madeMs: number,
  parts: { node?: string; message?: string; fieldPath?: string; type?: string } = {},
): EventObject {
  const { node = 'node-a', message = '', fieldPath = 'spec.containers{main}', type = 'Normal' } = parts
  const stamp = (BigInt(Math.round(madeMs * 1000)) * 1000n).toString(16)
  return {
    metadata: { name: `${uid}-pod.${stamp}`, namespace: 'ns' },
    involvedObject: { uid, fieldPath },
    type,
    reason,
    message,
    source: { component: 'kubelet', host: node },
  }
}
