/** How old something is, as kubectl writes it (apimachinery pkg/util/duration, HumanDuration): `45s`, `3m20s`, `5d2h`. */
export function humanAge(seconds: number): string {
  const whole = Math.floor(seconds)
  const minutes = Math.floor(whole / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const both = (large: number, unit: string, small: number, part: string) =>
    small === 0 ? `${large}${unit}` : `${large}${unit}${small}${part}`
  if (whole < 120) return `${Math.max(0, whole)}s`
  if (minutes < 10) return both(minutes, 'm', whole % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return both(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return both(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  return both(Math.floor(days / 365), 'y', days % 365, 'd')
}
