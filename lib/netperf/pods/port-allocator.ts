/** iperf3's own, which firewalls are most likely to let through. */
const FIRST_PORT = 5201
/** See ServerProcess. */
const PORTS_PER_PROCESS = 2

export interface PortAllocator {
  /** The first port of another server process. */
  next(): number
}

/** Ports that server processes on one address do not share. */
export function createPortAllocator(): PortAllocator {
  let port = FIRST_PORT - PORTS_PER_PROCESS
  return {
    next() {
      port += PORTS_PER_PROCESS
      return port
    },
  }
}
