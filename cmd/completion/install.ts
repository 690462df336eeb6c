import { access, chmod, constants, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { PerfError } from '../../lib/errors/perf-error.ts'
import type { Context } from '../command.ts'
import { confirm } from '../confirm.ts'
import { completionShim } from './shim.ts'

interface Answers {
  readonly yes: boolean
  readonly quiet: boolean
}

/** The line that loads kubectl's own completion, by shell. */
const KUBECTL_COMPLETION: Readonly<Record<string, string>> = {
  bash: 'source <(kubectl completion bash)   in ~/.bashrc (needs the package bash-completion)',
  zsh: 'source <(kubectl completion zsh)   in ~/.zshrc',
  fish: 'kubectl completion fish | source   in ~/.config/fish/config.fish',
}

/**
 * Writes the program that kubectl asks for completion, into the folder of PATH that has the plugin, else into one of the
 * user's own. What is there already is left alone, unless it is an older one of ours.
 * @throws PerfError where no folder will do, UsageError where it is not confirmed
 */
export async function installShim({ yes, quiet }: Answers, context: Context): Promise<void> {
  const { io, platform, environment } = context
  const shim = completionShim(platform)
  const [found] = await installedShims(context)
  const path = found ?? join(await folderFor(shim.name, context), shim.name)
  const present = found === undefined ? undefined : await readFile(found, 'utf8')
  if (present === shim.text) {
    io.stdout.write(`${path} is installed already.\n`)
  } else {
    if (present !== undefined && !isOurs(present)) {
      throw new PerfError(`${path} exists and is not of kubectl-perf`, { advice: ['remove it first'] })
    }
    await confirm(`This writes ${path}.`, yes, context)
    await writeExecutable(path, shim.text).catch((error: NodeJS.ErrnoException) => {
      throw new PerfError(`cannot write ${path}: ${error.message}`, { cause: error })
    })
    io.stdout.write(`Wrote ${path}. To remove it: kubectl perf completion uninstall\n`)
  }
  if (quiet) return
  const shell = basename(environment.SHELL ?? '')
  const line = KUBECTL_COMPLETION[shell]
  io.stderr.write(
    line === undefined
      ? 'It works in each shell for which kubectl completion is set up: kubectl completion --help\n'
      : `It works wherever kubectl itself completes. Where that is not set up yet: ${line}\n`,
  )
}

/** Removes what `installShim` wrote, wherever in PATH it lies. */
export async function uninstallShim({ yes }: Answers, context: Context): Promise<void> {
  const { io } = context
  const ours: string[] = []
  for (const path of await installedShims(context)) if (isOurs(await readFile(path, 'utf8'))) ours.push(path)
  if (ours.length === 0) {
    io.stdout.write('No completion of kubectl-perf is installed.\n')
    return
  }
  await confirm(`This removes ${ours.join(', ')}.`, yes, context)
  for (const path of ours) await rm(path)
  io.stdout.write(`Removed ${ours.join(', ')}.\n`)
}

async function installedShims(context: Context): Promise<string[]> {
  const { name } = completionShim(context.platform)
  const found: string[] = []
  for (const folder of foldersOfPath(context)) if (await isFile(join(folder, name))) found.push(join(folder, name))
  return found
}

async function folderFor(name: string, context: Context): Promise<string> {
  const plugin = context.platform.startsWith('windows') ? 'kubectl-perf.exe' : 'kubectl-perf'
  const folders = foldersOfPath(context)
  const withPlugin: string[] = []
  for (const folder of folders) if (await isFile(join(folder, plugin))) withPlugin.push(folder)
  const own = folders.filter((folder) => context.homeDirectory !== '' && folder.startsWith(context.homeDirectory))
  for (const folder of [...withPlugin, ...own]) if (await isWritable(folder)) return folder
  const wanted = withPlugin[0]
  throw new PerfError(
    wanted === undefined
      ? `no folder of PATH has ${plugin}, and none below ${context.homeDirectory || 'the home folder'} can be written to`
      : `${wanted} cannot be written to, and no folder of PATH below ${context.homeDirectory || 'the home folder'} can`,
    {
      advice: [
        `as a user who may write there: kubectl perf completion install`,
        `or make a folder for ${name}, put it into PATH, and try again`,
        'or load a script in your shell: kubectl perf completion bash',
      ],
    },
  )
}

function foldersOfPath({ environment }: Context): string[] {
  const path = environment.PATH ?? environment.Path ?? ''
  return [...new Set(path.split(delimiter))].filter((folder) => folder !== '')
}

function isOurs(text: string): boolean {
  return /kubectl-perf(?:\.exe)? __complete/.test(text)
}

// In one step, so that no kubectl ever runs half a script.
async function writeExecutable(path: string, text: string): Promise<void> {
  const folder = await mkdtemp(`${path}-`)
  try {
    const fresh = join(folder, 'fresh')
    await writeFile(fresh, text)
    await chmod(fresh, 0o755)
    await rename(fresh, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
}
