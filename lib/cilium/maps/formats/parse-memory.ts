export interface NodeMemory {
  readonly totalBytes?: number
  readonly availableBytes?: number
}

const LINE = /^(MemTotal|MemAvailable):\s+(\d+) kB$/gm

/** Reads `/proc/meminfo`, whose kB are 1,024 bytes. What is not there is left out. */
export function parseMemory(text: string): NodeMemory {
  const bytes = new Map([...text.matchAll(LINE)].map(([, name = '', kibibytes]) => [name, Number(kibibytes) * 1024]))
  const totalBytes = bytes.get('MemTotal')
  const availableBytes = bytes.get('MemAvailable')
  return {
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(availableBytes === undefined ? {} : { availableBytes }),
  }
}
