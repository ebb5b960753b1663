/** What a hunt found, as JUnit has it: a case for what held, one for each find, one for what was never seen. */
import XMLBuilder from 'fast-xml-builder'
import { visible } from '../layout.ts'
import { describeMisses } from './coverage.ts'
import { type HuntReport, type Reported, rangeOf } from './HuntReport.ts'

type Element = Readonly<Record<string, unknown>>

export function printJunit(report: HuntReport): string {
  const { plan, tally, wall, coverage, coverageCounts, finds } = report
  const classname = `zksim.fuzz.${plan.quarry.profile}`
  const missed = coverageCounts ? describeMisses(coverage) : []
  const { divergence } = tally
  const cases: Element[] = [
    testcase(
      classname,
      `seeds ${rangeOf(report) ?? 'none'}: ${tally.of('held')} of ${tally.seeds} held`,
      wall.hunting,
      null,
    ),
    ...finds.map((one) => {
      const { failure, verdict } = one.find
      const how = verdict === 'unknown' ? 'error' : 'failure'
      return testcase(classname, nameOf(one), 0, wrong(how, failure.code, failure.what, textOf(one)))
    }),
    testcase(
      classname,
      'coverage',
      0,
      missed.length === 0 ? null : wrong('failure', 'MISS', `${missed.length} never seen`, missed.join('\n')),
    ),
  ]
  if (divergence !== null) {
    const what = divergence.divergence ?? ''
    const body = wrong('error', 'notDeterministic', `seed ${divergence.seed} is not the same twice`, what)
    cases.push(testcase(classname, 'determinism', 0, body))
  }
  const count = (how: string): string => `${cases.filter((one) => how in one).length}`
  const totals = {
    '@_name': 'zksim fuzz',
    '@_tests': `${cases.length}`,
    '@_failures': count('failure'),
    '@_errors': count('error'),
    '@_time': seconds(wall.hunting + wall.shrinking),
  }
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true })
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { ...totals, testsuite: { ...totals, testcase: cases } },
  })
}

function testcase(classname: string, name: string, time: number, wrong: Element | null): Element {
  return { '@_classname': classname, '@_name': visible(name), '@_time': seconds(time), ...wrong }
}

function wrong(how: 'failure' | 'error', type: string, message: string, text: string): Element {
  const body = text.split('\n').map(visible).join('\n')
  return { [how]: { '@_type': type, '@_message': visible(message), '#text': body } }
}

function nameOf({ find: { failure, seed, count } }: Reported): string {
  const more = count === 1 ? '' : ` and ${count - 1} more`
  return `${failure.code} ${failure.name}: seed ${seed}${more}`
}

function textOf({ find, files, again }: Reported): string {
  const lines = [find.failure.what, `seed ${find.seed}`]
  if (files.scenario !== null) lines.push(`scenario ${files.scenario}`)
  lines.push(again)
  return lines.join('\n')
}

function seconds(millis: number): string {
  return (millis / 1_000).toFixed(3)
}
