import { parseArgs } from 'node:util'
import { parseArgsStringToArgv } from 'string-argv'
import { hexZxid } from '../../../nodes/zxid.ts'
import type { Problem } from '../../scenario/ScenarioError.ts'
import { steps } from '../../scenario/steps.ts'
import { grouped, printSeconds, type TranscriptLine } from '../../scenario/transcript.ts'
import { type Style, table, visible, visibleLines } from '../layout.ts'
import { type Arguments, type Command, commands } from './commands.ts'
import { ShellError } from './ShellError.ts'
import type { ShellSession } from './ShellSession.ts'

/** What came of a line that was typed. */
export interface Reply {
  readonly output: string
  /** `usage`: it could not be understood; `refused`: the ensemble refused, or an expectation was not met. */
  readonly status: 'ok' | 'refused' | 'usage' | 'quit'
}

const OK = 'ok'

/** Reads lines, carries them out, and says what came of them. What is not a command is a line of the scenario language. */
export class Shell {
  readonly session: ShellSession
  private readonly style: Style
  private readonly lines: string[] = []
  private violationsTold = 0

  constructor(session: ShellSession, style: Style) {
    this.session = session
    this.style = style
  }

  /** As ZooKeeper's: where the client is, how it is, how many lines there were. */
  get prompt(): string {
    const { zk, ensemble, client } = this.session
    const time = printSeconds(ensemble.world.now)
    return `[${client}: ${zk.server ?? 'nowhere'}(${zk.state}) ${time} ${this.lines.length}] `
  }

  /** Lets somebody lead, and connects. @returns what is printed. */
  open(): readonly string[] {
    const settled = this.carryOut('settle')
    const connected = this.carryOut('connect')
    const leader = this.session.ensemble.leader()
    const who =
      leader === null ? settled.output : `${this.session.ensemble.sids.length} servers, ${leader} leads`
    return [who, connected.output]
  }

  execute(line: string): Reply {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) return { output: '', status: OK }
    this.lines.push(text)
    const reply = this.carryOut(text)
    const news = [...this.events(), ...this.violations()].join('\n')
    const output = [reply.output, news].filter((part) => part !== '').join('\n')
    return { output, status: reply.status }
  }

  /** What a line may go on with, and which part of it that is in place of. For readline. */
  complete(line: string): [string[], string] {
    const word = line.slice(line.lastIndexOf(' ') + 1)
    const isFirst = word.length === line.trimStart().length
    const candidates = isFirst ? firstWords : word.startsWith('/') ? this.pathsLike(word) : nextWords(line)
    return [candidates.filter((candidate) => candidate.startsWith(word)), word]
  }

  private carryOut(text: string): Reply {
    const [name = '', ...rest] = wordsOf(text)
    switch (name) {
      case 'quit':
      case 'exit':
        return { output: '', status: 'quit' }
      case 'help':
        return { output: this.help(rest[0]), status: OK }
      case 'history':
        return { output: this.lines.map((line, i) => `${i} - ${visible(line)}`).join('\n'), status: OK }
      case 'redo':
        return this.redo(rest[0] ?? '')
    }
    const command = commands.find((one) => one.name === name)
    if (command === undefined) return this.say(text)
    try {
      return { output: visibleLines(command.run(this.session, argumentsOf(command, rest))), status: OK }
    } catch (error) {
      if (!(error instanceof ShellError)) throw error
      const status = error.isUsage ? 'usage' : 'refused'
      return { output: this.style.colours.red(visibleLines(error.message)), status }
    }
  }

  private redo(number: string): Reply {
    // The last line is this one.
    const line = /^[0-9]+$/.test(number) ? this.lines.slice(0, -1)[Number(number)] : undefined
    if (line !== undefined && !line.startsWith('redo')) return this.carryOut(line)
    return {
      output: this.style.colours.red('redo takes the number of a line that `history` lists'),
      status: 'usage',
    }
  }

  private say(text: string): Reply {
    const said = this.session.say(text)
    if ('length' in said) return { output: this.explain(text, said), status: 'usage' }
    const happened = said.transcript.filter((line) => line.recorded).map((line) => this.printLine(line))
    const { verdict, reason, stuck } = said
    if (verdict === 'held' || verdict === 'broken') return { output: happened.join('\n'), status: OK }
    const waits = (stuck?.peers ?? []).map(
      (peer) => `  ${peer.sid} ${peer.state}, waits for ${peer.waitingFor}`,
    )
    const output = [...happened, this.style.colours.red(`${reason}`), ...waits].join('\n')
    return { output, status: 'refused' }
  }

  private printLine({ time, event, who, what }: TranscriptLine): string {
    const place = this.style.colours.dim(`${printSeconds(time)}  ${grouped(event)}`)
    return `${place}  ${visible(`${who} ${what}`)}`
  }

  /** Where a line could not be read: under the line itself. */
  private explain(text: string, [problem]: readonly Problem[]): string {
    const { colours } = this.style
    const { column, expected, nearest } = problem as Problem
    const [word = ''] = text.split(' ')
    const meant = commands.find(({ name }) => name.startsWith(word) || word.startsWith(name))
    if (meant !== undefined) {
      return colours.red(visible(`'${word}' is no command; was ${meant.name} ${meant.usage} meant?`))
    }
    const lines = [visible(text), `${' '.repeat(column - 1)}${colours.red('^')} expected ${expected}`]
    if (nearest !== null) lines.push(`nearest: ${nearest.shape}, such as \`${nearest.example}\``)
    lines.push('`help` lists the commands')
    return lines.join('\n')
  }

  private events(): string[] {
    return this.session.takeEvents().map(({ client, event: { type, state, path, zxid } }) => {
      const where = path === null ? '' : ` path:${path}${zxid < 0 ? '' : ` zxid:0x${hexZxid(zxid)}`}`
      return this.style.colours.cyan(
        visible(`WATCHER ${client}: WatchedEvent state:${state} type:${type}${where}`),
      )
    })
  }

  private violations(): string[] {
    const { violations } = this.session.ensemble.checker
    const fresh = violations.slice(this.violationsTold)
    this.violationsTold = violations.length
    return fresh.map(({ code, name, says, what }) =>
      this.style.colours.red(`${code} ${name} is broken: ${what}\n  (${says})`),
    )
  }

  private help(name: string | undefined): string {
    const command = commands.find((one) => one.name === name)
    if (command !== undefined) return `${command.name} ${command.usage}\n  ${command.means}`
    const rows = [
      ...commands.map((one) => [one.name, one.means]),
      ['history', 'the lines so far'],
      ['redo', 'one of them again, by its number'],
      ['help', 'this list; `help ls` for the options of one command'],
      ['quit', 'leave'],
    ]
    return [
      table(['command', 'what it does'], rows, this.style),
      '',
      'Any line of the scenario language is a command as well: `crash the leader`, `isolate 2`, `after 5 s`,',
      '`settle`, `show trees`, `expect 2 leads`. `zksim steps` and `zksim faults` list them.',
    ].join('\n')
  }

  /** Of the tree of the peer that the client is at. */
  private pathsLike(word: string): string[] {
    const { ensemble, zk } = this.session
    const at = Number(zk.server)
    const tree = ensemble.peer(ensemble.sids.includes(at) ? at : (ensemble.sids[0] as number))?.zkDb.tree
    const parent = word.slice(0, word.lastIndexOf('/'))
    return (tree?.children(parent === '' ? '/' : parent) ?? []).map((name) => `${parent}/${name}`)
  }
}

const firstWords: readonly string[] = Object.freeze([
  ...commands.map(({ name }) => name),
  'help',
  'history',
  'redo',
  'quit',
  ...new Set(
    [...steps.values()]
      .map(({ sentence }) => sentence.text.split(' ')[0] as string)
      .filter((word) => !word.startsWith('{') && !commands.some(({ name }) => name === word)),
  ),
])

/** Whom sentences may name in the place of a number. */
const roleWords: readonly string[] = Object.freeze([
  'the',
  'leader',
  'followers',
  'observers',
  'a',
  'follower',
  'an',
  'observer',
  'all',
])

/** The words that sentences have behind what stands there already. */
function nextWords(line: string): string[] {
  const said = line.slice(0, line.lastIndexOf(' ') + 1)
  const sentences = [...steps.values()].map(({ sentence }) => sentence.example)
  const next = sentences
    .filter((one) => one.startsWith(said))
    .map((one) => one.slice(said.length).split(' ')[0] as string)
  return [...new Set([...next, ...roleWords])]
}

function wordsOf(text: string): string[] {
  return parseArgsStringToArgv(text)
}

/** @throws ShellError where they are not what the command takes. */
function argumentsOf(command: Command, words: readonly string[]): Arguments {
  const { name, usage, options } = command
  // ZooKeeper's long options have one dash.
  const long = Object.keys(options).filter((option) => option.length > 1)
  const args = words.map((word) => (long.includes(word.slice(1)) ? `-${word}` : word))
  const [least, most] = command.words
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new ShellError(`${(error as Error).message.split('. ')[0]}\nusage: ${name} ${usage}`, true)
  }
  const { values, positionals } = parsed
  if (positionals.length < least || positionals.length > most) {
    const wrong =
      positionals.length < least ? 'something is missing' : `'${positionals[most]}' is one word too many`
    throw new ShellError(`${wrong}\nusage: ${name} ${usage}`.trimEnd(), true)
  }
  const given = Object.entries(values)
  return {
    flags: new Set(given.filter(([, one]) => one === true).map(([key]) => key)),
    values: new Map(given.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    words: positionals,
  }
}
