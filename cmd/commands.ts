import { acceptCommand } from './accept/command.ts'
import { cesCompareCommand } from './ces-compare/command.ts'
import { ciliumBigTcpCommand } from './cilium/bigtcp/command.ts'
import { ciliumLintCommand } from './cilium/lint/command.ts'
import { ciliumMapsCommand } from './cilium/maps/command.ts'
import { cleanupCommand } from './cleanup/command.ts'
import type { Command } from './command.ts'
import { compareCommand } from './compare/command.ts'
import { completionCommand } from './completion/command.ts'
import { controlPlaneCommand } from './control-plane/command.ts'
import { densityCommand } from './density/command.ts'
import { imagesCommand } from './images/command.ts'
import { maxPodsCheckCommand } from './maxpods-check/command.ts'
import { netperfCommand } from './netperf/command.ts'
import { reportCommand } from './report/command.ts'
import { versionCommand } from './version/command.ts'

/** All commands, in the order in which the help lists them. */
export const commands: readonly Command[] = [
  densityCommand,
  netperfCommand,
  controlPlaneCommand,
  ciliumMapsCommand,
  ciliumLintCommand,
  ciliumBigTcpCommand,
  cesCompareCommand,
  maxPodsCheckCommand,
  acceptCommand,
  compareCommand,
  reportCommand,
  cleanupCommand,
  imagesCommand,
  completionCommand,
  versionCommand,
]
