import { stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { ConnectionOptions, Environment } from './connection-options.ts'
import { KubeconfigError } from './kubeconfig-error.ts'
import {
  type ClusterEntry,
  type ContextEntry,
  type Kubeconfig,
  readKubeconfigFile,
  type UserEntry,
} from './kubeconfig-file.ts'

/**
 * Loads and merges kubeconfig files by kubectl's rules (client-go clientcmd/loader.go): `--kubeconfig` alone and it must
 * exist; else the files of KUBECONFIG; else ~/.kube/config. Missing files are ignored, the first definition of a name
 * wins whole, and so does the first current-context that is not empty.
 */
export async function loadKubeconfig(
  options: Pick<ConnectionOptions, 'kubeconfig'>,
  environment: Environment,
): Promise<Kubeconfig> {
  const paths = await kubeconfigPaths(options, environment)
  const read = await Promise.all(paths.map((path) => readOrExplain(path, environment)))
  const problems = read.filter((item) => typeof item === 'string')
  if (problems.length > 0) throw new KubeconfigError(problems.map((problem) => `error: ${problem}`).join('\n'))
  return mergeKubeconfigs(read.filter((item) => typeof item === 'object'))
}

async function kubeconfigPaths(
  options: Pick<ConnectionOptions, 'kubeconfig'>,
  environment: Environment,
): Promise<string[]> {
  if (options.kubeconfig !== undefined && options.kubeconfig !== '') {
    const exists = await stat(resolve(environment.workingDirectory, options.kubeconfig)).catch(() => undefined)
    if (exists === undefined) {
      throw new KubeconfigError(`error: stat ${options.kubeconfig}: no such file or directory`, {
        advice: ['check the path given with --kubeconfig'],
      })
    }
    return [options.kubeconfig]
  }
  const listed = environment.variables.KUBECONFIG
  if (listed !== undefined && listed !== '') return [...new Set(listed.split(delimiter))].filter((path) => path !== '')
  return [join(environment.homeDirectory, '.kube', 'config')]
}

/** The file's content, the reason why it makes no sense, or undefined where it does not exist. */
async function readOrExplain(path: string, environment: Environment): Promise<Kubeconfig | string | undefined> {
  try {
    return await readKubeconfigFile(resolve(environment.workingDirectory, path))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    const reason =
      code === 'EISDIR'
        ? `read ${path}: is a directory`
        : code === 'EACCES'
          ? `open ${path}: permission denied`
          : (error as Error).message
    return `error loading config file "${path}": ${reason}`
  }
}

/** Merges files in the order of their precedence: what an earlier one names, a later one cannot change. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const clusters = new Map<string, ClusterEntry>()
  const users = new Map<string, UserEntry>()
  const contexts = new Map<string, ContextEntry>()
  for (const file of files) {
    addMissing(clusters, file.clusters)
    addMissing(users, file.users)
    addMissing(contexts, file.contexts)
  }
  const currentContext = files.map((file) => file.currentContext).find((name) => name !== '') ?? ''
  return { clusters, users, contexts, currentContext }
}

function addMissing<T>(into: Map<string, T>, from: ReadonlyMap<string, T>): void {
  for (const [name, entry] of from) if (!into.has(name)) into.set(name, entry)
}
