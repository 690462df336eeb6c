import { type Decode, entry, type Field, flag, message, text, time } from '../../kube/protobuf/decode.ts'
import type { RequestingPod } from './pod-requests.ts'
import type { PodObject } from './pod-status.ts'

// Field numbers are those of k8s.io/api/core/v1/generated.proto and apimachinery's meta/v1; they never change.

const one = (name: string, decode: Decode<unknown> = text): Field => ({ name, decode })
const list = (name: string, decode: Decode<unknown>): Field => ({ name, decode, repeated: 'list' })
const map = (name: string, decode: Decode<unknown>): Field => ({ name, decode: entry(decode), repeated: 'map' })

const readQuantity = message<{ string?: string }>({ 1: one('string') })
const quantity: Decode<string> = (bytes, from, to) => readQuantity(bytes, from, to).string ?? ''
const requirements = message({ 1: map('limits', quantity), 2: map('requests', quantity) })

const owner = message({ 1: one('kind'), 3: one('name'), 6: one('controller', flag) })
const metadata = message({
  1: one('name'),
  3: one('namespace'),
  5: one('uid'),
  8: one('creationTimestamp', time),
  9: one('deletionTimestamp', time),
  11: map('labels', text),
  12: map('annotations', text),
  13: list('ownerReferences', owner),
})

const container = message({ 1: one('name'), 8: one('resources', requirements), 24: one('restartPolicy') })
const spec = message({
  2: list('containers', container),
  10: one('nodeName'),
  11: one('hostNetwork', flag),
  20: list('initContainers', container),
  32: map('overhead', quantity),
  40: one('resources', requirements),
})

const condition = message({ 1: one('type'), 2: one('status'), 5: one('reason'), 6: one('message') })
const state = message({ 1: one('waiting', message({ 1: one('reason'), 2: one('message') })) })
const containerStatus = message({
  1: one('name'),
  2: one('state', state),
  10: map('allocatedResources', quantity),
  11: one('resources', requirements),
})
const status = message({
  1: one('phase'),
  2: list('conditions', condition),
  3: one('message'),
  4: one('reason'),
  8: list('containerStatuses', containerStatus),
  10: list('initContainerStatuses', containerStatus),
})

/** A pod in protobuf: of what its JSON has only what decides about its place, and why it has none. */
export const podOfMessage: Decode<PodObject & RequestingPod & { spec?: { hostNetwork?: boolean } }> = message({
  1: one('metadata', metadata),
  2: one('spec', spec),
  3: one('status', status),
})
