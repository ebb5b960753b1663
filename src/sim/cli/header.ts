/** The block before a run: everything that decided it, so that a pasted log explains itself. */
import { declarationOf, specOf } from '../scenario/declarations.ts'
import type { EnsembleSpec } from '../scenario/EnsembleSpec.ts'
import type { Scenario } from '../scenario/Scenario.ts'
import { keyValues, type Style, visible } from './layout.ts'

export interface Begin {
  readonly type: 'begin'
  readonly file: string
  readonly seed: number
  readonly seedFrom: 'option' | 'scenario'
  readonly voters: readonly number[]
  readonly observers: readonly number[]
  /** What the scenario declares, each as it is written. */
  readonly declared: readonly string[]
}

export function beginOf(scenario: Scenario, seed: number | undefined): Begin {
  const spec = specOf(scenario)
  return {
    type: 'begin',
    file: scenario.file,
    seed: seed ?? spec.seed,
    seedFrom: seed === undefined ? 'scenario' : 'option',
    voters: sids(1, spec.peers),
    observers: sids(spec.peers + 1, spec.observers),
    declared: declared(scenario),
  }
}

export function describeBegin(scenario: Scenario, begin: Begin, style: Style): string {
  const spec = specOf(scenario)
  const others = begin.declared.filter((text) => !/ peers?\b(?! had)|^seed /.test(text))
  return keyValues(
    [
      ['scenario', visible(begin.file)],
      [
        'seed',
        `${begin.seed}${begin.seedFrom === 'option' ? ` (--seed; the scenario has ${spec.seed})` : ''}`,
      ],
      ['ensemble', describeEnsemble(begin, spec)],
      [
        'declared',
        visible(others.join(', ')) ||
          'nothing else: settings as ZooKeeper has them, empty disks, all peers start',
      ],
    ],
    style,
  )
}

function describeEnsemble({ voters, observers }: Begin, spec: EnsembleSpec): string {
  const parts = [`${voters.length} ${voters.length === 1 ? 'voter' : 'voters'} (${voters.join(' ')})`]
  if (observers.length > 0) {
    parts.push(
      `${observers.length} ${observers.length === 1 ? 'observer' : 'observers'} (${observers.join(' ')})`,
    )
  }
  parts.push(
    spec.hierarchy === null
      ? `quorums of ${Math.floor(voters.length / 2) + 1}`
      : 'quorums by a hierarchy of groups',
  )
  return parts.join(', ')
}

function declared(scenario: Scenario): string[] {
  return scenario.lines.flatMap((line) =>
    line.type === 'declarations'
      ? line.plays.map((play) => declarationOf(play).sentence.print(play.filled))
      : [],
  )
}

function sids(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i)
}
