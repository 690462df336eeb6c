import type { Template } from '../../workload/template/template.ts'
import type { YamlTree } from '../../workload/template/yaml-tree.ts'
import {
  fail,
  finish,
  lineOf,
  type MapReader,
  openMap,
  type ReadingContext,
  refuse,
  takeBoolean,
  takeChoice,
  takeInputVars,
  takeInteger,
  takeText,
  takeTextMap,
  takeWithoutEffect,
} from './config-reader.ts'
import { type CreateObject, PATCH_TYPES, type PatchObject, type SelectedObjects } from './kube-burner-config.ts'

/** Reads and parses the template at a path of the configuration; `fail` says where the path stands. */
export type TemplateLoader = (path: string, fail: (message: string) => never) => Template

const GROUPS = 'objects are made in one order, iteration by iteration'
const KUBEVIRT = 'there are no KubeVirt operations'

/** An object of a create job; undefined where its replicas say that there is none. */
export function readCreateObject(
  tree: YamlTree,
  context: ReadingContext,
  load: TemplateLoader,
): CreateObject | undefined {
  const reader = openMap(tree, 'object', context)
  const template = takeTemplate(reader, load) ?? fail(reader, 'objectTemplate', 'the object has no objectTemplate')
  const replicas = takeInteger(reader, 'replicas', 1, Number.MIN_SAFE_INTEGER)
  refuse(reader, {
    waitOptions: 'an object is ready when its pods are',
    group: GROUPS,
    kubeVirtOp: KUBEVIRT,
  })
  const object: CreateObject = {
    line: reader.line,
    template,
    replicas,
    inputVars: takeInputVars(reader),
    wait: takeBoolean(reader, 'wait', true),
    runOnce: takeBoolean(reader, 'runOnce', false),
    everyIterations: takeInteger(reader, 'repeatEveryNIterations', 1, 1),
    churn: takeBoolean(reader, 'churn', true),
  }
  takeWithoutEffect(reader, ['kind', 'apiVersion', 'labelSelector', 'patchType'])
  finish(reader)
  if (replicas >= 1) return object
  context.warnings.push(`the object of line ${reader.line} has ${replicas} replicas and is left out`)
  return undefined
}

/** An entry of a delete or a read job. */
export function readSelectedObjects(tree: YamlTree, context: ReadingContext): SelectedObjects {
  const reader = openMap(tree, 'object', context)
  const selected = takeSelection(reader)
  takeWithoutEffect(reader, ['objectTemplate', 'inputVars', 'patchType'])
  finishSelected(reader)
  return selected
}

/** An entry of a patch job. */
export function readPatchObject(tree: YamlTree, context: ReadingContext, load: TemplateLoader): PatchObject {
  const reader = openMap(tree, 'object', context)
  const selected = takeSelection(reader)
  const patchType =
    takeChoice(reader, 'patchType', PATCH_TYPES) ?? fail(reader, 'patchType', 'the object has no patchType')
  const template = takeTemplate(reader, load) ?? fail(reader, 'objectTemplate', 'the object has no objectTemplate')
  if (patchType === 'application/apply-patch+yaml' && isJsonFile(template)) {
    fail(reader, 'objectTemplate', `${patchType} needs a template in YAML`)
  }
  const object = { ...selected, patchType, template, inputVars: takeInputVars(reader) }
  finishSelected(reader)
  return object
}

/** Whether kube-burner sends the file as it is rendered, without reading it as YAML. */
export function isJsonFile({ fileName }: Template): boolean {
  return fileName.endsWith('json')
}

function finishSelected(reader: MapReader): void {
  refuse(reader, { waitOptions: 'an object is ready when its pods are', group: GROUPS, kubeVirtOp: KUBEVIRT })
  takeWithoutEffect(reader, ['replicas', 'wait', 'runOnce', 'churn', 'repeatEveryNIterations'])
  finish(reader)
}

function takeTemplate(reader: MapReader, load: TemplateLoader): Template | undefined {
  const path = takeText(reader, 'objectTemplate')
  return path === undefined ? undefined : load(path, (message) => fail(reader, 'objectTemplate', message))
}

function takeSelection(reader: MapReader): SelectedObjects {
  const labelSelector = takeTextMap(reader, 'labelSelector')
  const kind = takeText(reader, 'kind') ?? fail(reader, 'kind', 'the object has no kind')
  // Without labels it would mean every object of the kind in the cluster.
  if (Object.keys(labelSelector).length === 0)
    fail(reader, 'labelSelector', `the ${kind} objects have no labelSelector`)
  return { line: lineOf(reader, 'kind'), apiVersion: takeText(reader, 'apiVersion') ?? 'v1', kind, labelSelector }
}
