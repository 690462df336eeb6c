import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** PATH with the folders of the administrator's programs, which are not on every user's: `ip`, `iptables`, `runc`. */
export function systemPath(): string {
  return [process.env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter)
}

/** Gives the path of a program of this machine, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of systemPath().split(delimiter)) {
    const path = join(folder, name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
