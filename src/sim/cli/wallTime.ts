/** Time on the wall, as `--for` has it. */
import { InvalidArgumentError } from 'commander'

const MILLIS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 }

/** `90s`, `10m`, `1h`, `1h30m`. @returns milliseconds. @throws InvalidArgumentError */
export function wallTime(text: string): number {
  const written = text.replaceAll(' ', '')
  const parts = [...written.matchAll(/([0-9]{1,6})(s|min|m|h)/g)]
  const whole = parts.map(([part]) => part).join('')
  const millis = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (MILLIS[unit!] ?? 0), 0)
  if (whole !== written || millis === 0) {
    throw new InvalidArgumentError('It has to be a time such as 90s, 10m, 1h or 1h30m.')
  }
  return millis
}

/** `1 h 30 min`, `12.3 s`. */
export function printSpan(millis: number): string {
  if (millis < 60_000) return `${(millis / 1_000).toFixed(1)} s`
  const seconds = Math.round(millis / 1_000)
  const [h, min, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [many, few] =
    h > 0 ? [`${h} h`, min > 0 ? ` ${min} min` : ''] : [`${min} min`, s > 0 ? ` ${s} s` : '']
  return many + few
}
