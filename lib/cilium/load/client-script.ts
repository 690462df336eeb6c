// The client of the load: bash and nothing else, which images with network tools have. It opens connections by its own
// /dev/tcp and /dev/udp.

/** bash waits with select(2), which ends the process that waits for a file descriptor above 1023. */
export const MOST_PER_PROCESS = 900

/**
 * Arguments: protocol, kind, address, port, how many connections, how many in 1,000 seconds, for how many seconds.
 * It prints `ready` once the server answers, waits for a line, then `at OPENED FAILED` twice a second and
 * `end OPENED FAILED PROBED ANSWERED` at last. Every connection sends a byte and reads its echo. What is held is probed in
 * the same way when the time is over. It ends when its input does: nobody is there any more who would end it.
 */
export const CLIENT_SCRIPT = `protocol=$1 kind=$2 address=$3 port=$4 count=$5 rate=$6 seconds=$7
LC_ALL=C
trap '' PIPE
fds=() opened=0 failed=0 probed=0 answered=0
echoes() { printf x >&"$1" && IFS= read -r -N 1 -t "$2" -u "$1" reply && [ "$reply" = x ]; } 2>/dev/null
open() { { exec {fd}<>"/dev/$protocol/$address/$port"; } 2>/dev/null; }
close() { exec {fd}>&-; }
now() { elapsed=$((\${EPOCHREALTIME/./} - start)); }
pause() { read -r -t "$1" line; [ $? -gt 128 ] || exit 1; }
tries=100
start=0
while ! { open && echoes "$fd" 1 && close; }; do
  tries=$((tries - 1))
  [ $tries -gt 0 ] || { echo unreachable; exit 1; }
  pause 0.2
done
echo ready
read -r line || exit 1
start=\${EPOCHREALTIME/./}
told=0 refreshed=0 limit=$((seconds * 1000000))
tell() { echo "at $opened $failed"; told=$elapsed; }
now
while [ $elapsed -lt $limit ]; do
  due=$((elapsed * rate / 1000000000 + 1))
  [ $due -lt $count ] || due=$count
  while [ $((opened + failed)) -lt $due ] && [ $elapsed -lt $limit ]; do
    if open; then
      if echoes "$fd" 2; then
        opened=$((opened + 1))
        if [ $kind = held ]; then fds+=($fd); else close; fi
      else
        failed=$((failed + 1))
        close
      fi
    else
      failed=$((failed + 1))
    fi
    now
    [ $((elapsed - told)) -lt 500000 ] || tell
  done
  [ $((opened + failed)) -lt $count ] || [ $kind = held ] || break
  if [ $protocol = udp ] && [ $((elapsed - refreshed)) -ge 20000000 ]; then
    for fd in "\${fds[@]}"; do printf x >&"$fd"; done 2>/dev/null
    refreshed=$elapsed
  fi
  pause 0.05
  now
  [ $((elapsed - told)) -lt 500000 ] || tell
done
until=$((elapsed + 10000000))
for fd in "\${fds[@]}"; do
  [ $elapsed -lt $until ] || break
  probed=$((probed + 1))
  # Echoes of what kept the entry fresh come first.
  while [ $protocol = udp ] && IFS= read -r -N 1 -t 0 -u "$fd" && IFS= read -r -N 1 -u "$fd" reply; do :; done
  echoes "$fd" 2 && answered=$((answered + 1))
  now
done
echo "end $opened $failed $probed $answered"`

/** What the script has said so far. */
export type ClientWord =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'at'; readonly opened: number; readonly failed: number }
  | {
      readonly kind: 'end'
      readonly opened: number
      readonly failed: number
      readonly probed: number
      readonly answered: number
    }

/** One line of the script's; undefined for what is none of its words. */
export function readWord(line: string): ClientWord | undefined {
  const [kind, ...numbers] = line.trim().split(' ')
  const [opened, failed, probed, answered] = numbers.map(Number)
  if (!numbers.every((number) => /^\d+$/.test(number))) return undefined
  if ((kind === 'ready' || kind === 'unreachable') && numbers.length === 0) return { kind }
  if (opened === undefined || failed === undefined) return undefined
  if (kind === 'at' && numbers.length === 2) return { kind, opened, failed }
  if (kind !== 'end' || probed === undefined || answered === undefined || numbers.length !== 4) return undefined
  return { kind, opened, failed, probed, answered }
}
