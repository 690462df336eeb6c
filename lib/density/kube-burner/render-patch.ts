import { UsageError } from '../../errors/perf-error.ts'
import { readYamlDocuments } from '../../workload/template/manifest-yaml.ts'
import { renderWithLines } from '../../workload/template/template.ts'
import type { PatchJob, PatchObject, PatchType } from './kube-burner-config.ts'
import { type PlanOptions, type RunIdentity, templateData } from './plan-job.ts'
import { isJsonFile } from './read-objects.ts'

export interface PatchRequest {
  readonly contentType: PatchType
  readonly body: string
  /** Server-side apply needs a manager of the fields; kube-burner gives the controller manager. */
  readonly fieldManager: string | undefined
}

/**
 * The patch of one iteration, the same for every object that the entry selects: a JSON file as it is, a YAML file as
 * JSON, except for server-side apply. Its template sees replica 0.
 * @throws UsageError for a template that fails or gives no document
 */
export function renderPatch(
  job: PatchJob,
  { template, inputVars, patchType }: PatchObject,
  identity: RunIdentity,
  iteration: number,
  options: PlanOptions = {},
): PatchRequest {
  const data = templateData(job.name, identity, inputVars.entries, iteration, 0)
  const rendered = renderWithLines(template, data, { ...options, missingKey: job.missingKey })
  if (isJsonFile(template)) return { contentType: patchType, body: rendered.text, fieldManager: undefined }
  const { documents, problems } = readYamlDocuments(rendered.text)
  const [problem] = problems
  if (problem !== undefined) {
    throw new UsageError(`${template.fileName}:${rendered.sourceLine(problem.offset)}: ${problem.message}`)
  }
  const [document, second] = documents
  if (document === undefined || second !== undefined) {
    throw new UsageError(`${template.fileName}: a patch must be one document, not ${documents.length}`)
  }
  if (patchType === 'application/apply-patch+yaml') {
    return { contentType: patchType, body: rendered.text, fieldManager: 'kube-controller-manager' }
  }
  return { contentType: patchType, body: JSON.stringify(document.data), fieldManager: undefined }
}
