/**
 * The command `zksim`.
 *
 * Exit codes: 0 everything held, 1 an invariant broken or an expectation not met, 2 bad input, 3 stuck or unknown,
 * 4 not deterministic.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { releases, understudies } from '../../nodes/historic/releases.ts'
import { modes } from '../conform/cases/Case.ts'
import { defaultProfile, profiles } from '../fuzz/Profile.ts'
import { type ConformFlags, conformCommand } from './conformCommand.ts'
import { type ExploreFlags, exploreCommand, USUAL_CRASHES, USUAL_TURNS } from './exploreCommand.ts'
import { exploredPath, factNamed } from './exploreFlags.ts'
import { firstSeed } from './fuzz/firstSeed.ts'
import { fuzzCommand } from './fuzz/fuzzCommand.ts'
import {
  contradiction,
  type FuzzFlags,
  LONG,
  USUAL_FOLDER,
  USUAL_RECHECK,
  USUAL_RUNS,
} from './fuzz/fuzzFlags.ts'
import { type Io, processIo, whyNotWritten } from './io.ts'
import { type Style, type StyledStream, styleFor, visibleLines } from './layout.ts'
import { listCommand, type Topic } from './listing.ts'
import type { BeforeRun } from './playing.ts'
import { type ReplayFlags, replayCommand } from './replayCommand.ts'
import { type RunFlags, runCommand } from './runCommand.ts'
import { processSurroundings, type Surroundings } from './Surroundings.ts'
import { type ShellFlags, shellCommand } from './shell/shellCommand.ts'
import { codes } from './verdict.ts'
import { version } from './version.ts'
import { wallTime } from './wallTime.ts'

export interface MainOptions {
  /** See BeforeRun. */
  readonly beforeRun?: BeforeRun
  /** What `fuzz` needs of the machine; those of this process where tests give no others. */
  readonly surroundings?: Surroundings
}

const EXAMPLES = `
Examples:
  npx zksim run scenarios/**/*.scenario     play them all, say which held
  npx zksim run my.scenario --seed 42       the same scenario, other chances
  npx zksim run my.scenario --rewrite       write what happened below each ----
  npx zksim replay my.scenario --until 812  the state right after event 812
  npx zksim fuzz --runs 5000                hunt for broken promises
  npx zksim explore my.scenario --turns 6   every order of what comes next
  npx zksim shell                           an ensemble to type at
  npx zksim steps crash                     what can be written about crashes
  npx zksim conform recordings.jsonl        real ensembles, against this one

Exit codes: 0 all held, 1 broken or not as expected, 2 bad input,
            3 stuck or unknown, 4 not deterministic.
`

/**
 * Runs one command. @returns the exit code, of a command that waits for input once that has ended; throws nothing that is
 * not a defect.
 */
export function main(argv: readonly string[], io: Io, options: MainOptions = {}): number | Promise<number> {
  let exit: number | Promise<number> = 0
  const program = new Command('zksim')
  program
    .description('A deterministic simulator of Apache ZooKeeper ensembles: one seed decides everything.')
    .version(version(), '-V, --version')
    .option('--no-color', 'no colours, as with NO_COLOR in the environment')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(zksim --help shows what there is)')
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(visibleLines(text.replace(/^error: /, 'zksim: '))),
      getOutHelpWidth: () => Math.min(io.columns, 100),
      getErrHelpWidth: () => Math.min(io.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', EXAMPLES)
  const style = (flags: { readonly color?: boolean }, stream: StyledStream = io): Style =>
    styleFor(stream, flags.color !== false && program.opts().color !== false)

  command(program, 'run')
    .description('play scenarios: transcript, verdict and hash of each; each is played twice and compared')
    .argument('<file...>', 'scenario files')
    .option('--seed <n>', 'in place of the seed that the scenario says', wholeNumber)
    .option('--trace <file>', 'write one line per event: time, event, machine, what, facts')
    .option('--json', 'one object a line, as in docs/json.md')
    .option('--once', 'do not play it a second time to see whether it is the same')
    .option('--max-events <n>', 'a run that takes more ends as unknown', eventNumber, MOST_EVENTS)
    .option('--rewrite', 'put what happened below each `----` in the files, in place of what is there')
    .action((files: string[], flags: RunFlags & { color?: boolean }, self: Command) => {
      if (flags.rewrite && flags.seed !== undefined) {
        self.error('zksim: --rewrite records the scenario with its own seed; leave --seed out')
      }
      exit = runCommand(files, flags, io, style(flags), options.beforeRun)
    })

  command(program, 'replay')
    .description('exactly one run, with the state of every peer at its end')
    .argument('<file>', 'a scenario file')
    .option('--seed <n>', 'in place of the seed that the scenario says', wholeNumber)
    .option('--until <event>', 'stop right after this event', eventNumber)
    .option('--from <event>', 'show all events from this one on', eventNumber)
    .option('--max-events <n>', 'a run that takes more ends as unknown', eventNumber, MOST_EVENTS)
    .option('--json', 'one object a line, as in docs/json.md')
    .action((file: string, flags: ReplayFlags & { color?: boolean }, self: Command) => {
      if (flags.from !== undefined && flags.until !== undefined && flags.from > flags.until) {
        self.error('zksim: --from lies behind --until, so there is nothing to show')
      }
      exit = replayCommand(file, flags, io, style(flags), options.beforeRun)
    })

  command(program, 'fuzz')
    .description(
      'hunt: play scenarios drawn from seeds, and hand back what breaks a promise as a small scenario',
    )
    .option('--runs <n>', `how many seeds (default: ${USUAL_RUNS})`, countOf('runs'))
    .option('--for <time>', 'as many seeds as begin in this time: 90s, 10m, 1h', wallTime)
    .option('--seed <n>', 'the first seed, or a git commit to make it of (default: drawn)', firstSeed)
    .option('--jobs <n>', 'workers (default: one a core); 0: in this process, for debuggers', wholeNumber)
    .addOption(
      new Option('--profile <name>', `what seeds may draw (default: ${defaultProfile.name})`).choices([
        ...profiles.keys(),
      ]),
    )
    .addOption(
      new Option('--as-of <release>', 'behave as this release where it is known to differ').choices([
        ...releases.keys(),
      ]),
    )
    .addOption(
      new Option('--with <issue...>', 'put historic bugs in: would they be found?').choices([
        ...understudies.keys(),
      ]),
    )
    .option(
      '--recheck <n>',
      `play seeds that n divides twice, to compare; 0: none (default: ${USUAL_RECHECK})`,
      wholeNumber,
    )
    .option('--until-failure', 'end with the first seed that does not hold')
    .option('--seed-timeout <time>', 'give a seed up after this time (default: 60s)', wallTime)
    .option('--out <folder>', `where finds are written (default: ${USUAL_FOLDER})`)
    .option('--no-shrink', 'hand finds back as they were drawn')
    .option('--shrink-runs <n>', 'runs that may be spent on making one find small', countOf('shrink-runs'))
    .option('--test', 'write a test for vitest beside each find')
    .option('--expect-coverage', `fail where something was never seen (default: from ${LONG} seeds on)`)
    .option('--no-expect-coverage', 'only say what was never seen')
    .option('--print', 'print the scenario of --seed, and play nothing')
    .option('--verbose', 'print every scenario before it is played')
    .option('--json', 'one object a line, as in docs/json.md')
    .option('--junit <file>', 'write a report that CI servers read')
    .action((flags: FuzzFlags & { color?: boolean }, self: Command) => {
      const wrong = contradiction(flags)
      if (wrong !== null) self.error(`zksim: ${wrong}`)
      const err = { isTTY: io.errIsTTY, columns: io.columns, env: io.env }
      const surroundings = options.surroundings ?? processSurroundings()
      exit = fuzzCommand(flags, io, style(flags), style(flags, err), surroundings)
    })

  command(program, 'explore')
    .description(
      'every order of the next events of a small ensemble, and every crash between two writes, from where a scenario ends',
    )
    .argument('<file>', 'a scenario file')
    .option('--seed <n>', 'in place of the seed that the scenario says', wholeNumber)
    .option('--turns <n>', 'events whose order is explored', wholeNumber, USUAL_TURNS)
    .option('--crashes <n>', 'crashes and power cuts on one way', wholeNumber, USUAL_CRASHES)
    .option('--from <event>', 'begin right after this event, not at the end of the scenario', eventNumber)
    .option('--at <fact>', 'begin as soon as this is so, such as "2 acked NEWLEADER"', factNamed)
    .option('--states <n>', 'end when so many states were visited', countOf('states'))
    .option('--for <time>', 'end after this time: 90s, 10m, 1h', wallTime)
    .option('--path <path>', 'go just this way, such as 0.2.c3.1, and show what comes of it', exploredPath)
    .option('--json', 'one object a line, as in docs/json.md')
    .action((file: string, flags: ExploreFlags & { color?: boolean }, self: Command) => {
      if (flags.from !== undefined && flags.at !== undefined) {
        self.error('zksim: --from and --at both say where it begins; leave one out')
      }
      const err = { isTTY: io.errIsTTY, columns: io.columns, env: io.env }
      const surroundings = options.surroundings ?? processSurroundings()
      exit = exploreCommand(file, flags, io, style(flags), style(flags, err), surroundings)
    })

  command(program, 'shell')
    .description(
      'an ensemble to type at: ls, get, set, create, addWatch, reconfig …, faults, and all of the language',
    )
    .argument('[file]', 'a scenario that is played first')
    .option('--with <declarations>', 'what the ensemble is, such as "five peers, enforceQuota on"')
    .option('--seed <n>', 'in place of the seed that is declared', wholeNumber)
    .action((file: string | undefined, flags: ShellFlags & { color?: boolean }, self: Command) => {
      if (file !== undefined && flags.with !== undefined) {
        self.error('zksim: a scenario says itself what its ensemble is; leave --with out')
      }
      exit = shellCommand(file, flags, io, style(flags))
    })

  const topics: readonly (readonly [Topic, string])[] = [
    ['steps', 'what can be written in a scenario: declarations, steps and facts, with examples'],
    ['faults', 'what can be done to peers, disks, links and clocks, with examples'],
    ['invariants', 'what is judged in every run'],
    ['profiles', 'what seeds may draw: what `fuzz --profile` takes'],
  ]
  for (const [topic, description] of topics) {
    command(program, topic)
      .description(description)
      .argument('[words...]', 'only those that have these words')
      .option('--json', 'one object a line, as in docs/json.md')
      .action((words: string[], flags: { json?: true; color?: boolean }) => {
        exit = listCommand(topic, words, flags.json === true, io, style(flags))
      })
  }

  command(program, 'conform')
    .description('play recordings of real servers and ensembles, and compare')
    .argument('<file...>', 'recordings, one JSON object a line')
    .option('--only <name...>', 'only cases and situations of these names; a* for all that begin so')
    .addOption(new Option('--mode <mode>', 'only a server alone, or only three peers').choices(modes))
    .option('--seeds <n>', 'how many seeds an election is tried with', wholeNumber, 64)
    .option('--every-seed', 'go on after the first seed that is equal, and count')
    .addOption(
      new Option('--as-of <release>', 'behave as this release where it is known to differ').choices([
        ...releases.keys(),
      ]),
    )
    .option('--json', 'one object a line, as in docs/json.md')
    .action((files: string[], flags: ConformFlags & { color?: boolean }, self: Command) => {
      if (flags.seeds === 0) self.error('zksim: --seeds has to be 1 or more, or nothing is played')
      exit = conformCommand(files, flags, io, style(flags))
    })

  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : codes.badInput
  }
  return exit
}

/** Some seconds: a run that needs more goes round in circles, or has years to pass. */
const MOST_EVENTS = 10_000_000

function command(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--no-color', 'no colours')
    .showHelpAfterError(`(zksim ${name} --help shows what there is)`)
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new InvalidArgumentError('It has to be a whole number of at most 15 digits, such as 7.')
  }
  return Number(text)
}

function countOf(what: string): (text: string) => number {
  return (text) => {
    if (!/^[1-9][0-9]{0,8}$/.test(text)) {
      throw new InvalidArgumentError(`It has to be a number of ${what} from 1 to 999999999.`)
    }
    return Number(text)
  }
}

function eventNumber(text: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) {
    throw new InvalidArgumentError('It has to be the number of an event, such as 812; the first is 1.')
  }
  return Number(text)
}

/** What bin/zksim.js calls. */
export function runFromShell(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `zksim steps | head` closes the pipe early; nothing is wrong.
    if (error.code === 'EPIPE') return
    process.stderr.write(`zksim: the output cannot be written: ${whyNotWritten(error)}\n`)
    process.exit(codes.badInput)
  })
  // There is nobody left to tell.
  process.stderr.on('error', () => {})
  const defect = (error: unknown): void => {
    const what = error instanceof Error ? error.stack : String(error)
    process.stderr.write(
      `zksim: this is a defect of zksim itself, and says nothing of the scenario\n${what}\n`,
    )
    process.exitCode = codes.unknown
  }
  const ended = (exit: number): void => {
    process.exitCode = exit
  }
  try {
    const exit = main(process.argv.slice(2), processIo())
    if (typeof exit === 'number') ended(exit)
    else exit.then(ended, defect)
  } catch (error) {
    defect(error)
  }
}
