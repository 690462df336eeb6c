import { getSystemErrorMessage } from 'node:util'

/**
 * Why a file cannot be read, for a message that has named it already: `no such file or directory`, where Node says
 * `ENOENT: no such file or directory, open '/home/me/x'`.
 */
export function fileFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, errno } = error as NodeJS.ErrnoException
  if (errno === undefined) return error.message
  return code === 'EISDIR' ? 'is a directory' : getSystemErrorMessage(errno)
}
