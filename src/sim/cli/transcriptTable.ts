/**
 * A transcript as a table for reading downwards: one line an event, one column a peer. How much a column says depends
 * on how many peers there are: everything must fit the width.
 */
import { grouped, printSeconds, type TranscriptLine } from '../scenario/transcript.ts'
import { type Style, visible, wrap } from './layout.ts'

/** Columns that are left for what happened, at least: while there is a shorter form, and in any case. */
const ROOM = 44
const LEAST_ROOM = 30

interface PeerCell {
  readonly sid: string
  /** `Lead e2`, `Foll…`, `Look`, `down`. */
  readonly state: string
  /** Delivered and logged. */
  readonly log: string
}

/** The transcript's own form of a peer: sid, state, log. */
function cellOf(text: string): PeerCell {
  const [, sid = '', state = '', log = ''] = /^(\S+) (.*) (\S+)$/.exec(text) ?? []
  return { sid, state, log }
}

/** `L2` leads epoch 2, `f` begins to follow, `?` looks, `x` is down. */
function shortState(state: string): string {
  if (state === 'down') return 'x'
  if (state === 'Look') return '?'
  const epoch = / e(\d+)$/.exec(state)?.[1]
  return epoch === undefined ? state.charAt(0).toLowerCase() : `${state.charAt(0)}${epoch}`
}

interface Form {
  readonly legend: string
  /** Between two columns. */
  readonly gap: string
  print(cell: PeerCell): string
}

const LETTERS = 'L leads, F follows, O observes + epoch; l f o: not serving yet; ? looks for a leader; x down'

/** From the one that says most to the one that says least. */
const forms: readonly Form[] = [
  {
    legend: 'a column a peer: state, epoch once it serves, last zxid delivered/logged',
    gap: '  ',
    print: ({ state, log }) => `${state.padEnd(7)} ${log}`,
  },
  {
    legend: `a column a peer: state, last zxid delivered. ${LETTERS}`,
    gap: '  ',
    print: ({ state, log }) => `${shortState(state).padEnd(3)}${log.split('/')[0]}`,
  },
  { legend: `a column a peer. ${LETTERS}`, gap: ' ', print: ({ state }) => shortState(state) },
]

export function transcriptTable(
  transcript: readonly TranscriptLine[],
  sids: readonly number[],
  alarming: ReadonlySet<string>,
  style: Style,
): string {
  const { colours, width } = style
  const lines = transcript.map((line) => ({ ...line, what: visible(line.what) }))
  const cells = lines.map((line) => line.peers.map(cellOf))
  const times = lines.map((line) => printSeconds(line.time))
  const events = lines.map((line) => grouped(line.event))
  const timeWidth = widest(times, 'time')
  const eventWidth = widest(events, 'event')
  const whoWidth = widest(
    lines.filter((line) => line.peers.length > 0).map((line) => line.who),
    '',
  )
  const left = timeWidth + eventWidth + 4
  const widthsOf = (form: Form): number[] =>
    sids.map((sid, i) =>
      widest(
        cells.flatMap((row) => (row[i] === undefined ? [] : [form.print(row[i])])),
        `${sid}`,
      ),
    )
  const roomIn = (form: Form): number =>
    width - left - widthsOf(form).reduce((sum, one) => sum + one + form.gap.length, 2) - whoWidth - 1
  const form = forms.find((one) => roomIn(one) >= ROOM) ?? forms.findLast((one) => roomIn(one) >= LEAST_ROOM)
  if (form === undefined) return transcriptTable(withoutPeers(lines), [], alarming, style)
  const widths = widthsOf(form)
  const room = roomIn(form)

  const printed = [
    ...wrap(form.legend, width).map((line) => colours.dim(line)),
    colours.dim(
      `${'time'.padStart(timeWidth)}  ${'event'.padStart(eventWidth)}  ` +
        `${sids.map((sid, i) => `${sid}`.padEnd(widths[i]!)).join(form.gap)}  what happened`,
    ),
  ]
  let before: readonly string[] = []
  for (const [i, line] of lines.entries()) {
    const place = `${times[i]!.padStart(timeWidth)}  ${events[i]!.padStart(eventWidth)}  `
    if (line.peers.length === 0) {
      const paint = line.recorded ? String : alarming.has(transcript[i]!.what) ? colours.red : colours.cyan
      const label = line.recorded ? `${line.who}  ` : '» '
      for (const [n, text] of wrap(line.what, width - left - label.length).entries()) {
        const start = n === 0 ? colours.dim(place) : ' '.repeat(place.length)
        printed.push(`${start}${paint(`${n === 0 ? label : ' '.repeat(label.length)}${text}`)}`)
      }
      continue
    }
    const now = cells[i]!.map((cell, j) => form.print(cell).padEnd(widths[j]!))
    // What did not change since the line above stands back.
    const columns = now.map((cell, j) => (cell === before[j] ? colours.dim(cell) : cell))
    before = now
    const [first = '', ...rest] = wrap(line.what, room)
    const who = line.who.padEnd(whoWidth)
    printed.push(`${colours.dim(place)}${columns.join(form.gap)}  ${colours.bold(who)} ${first}`.trimEnd())
    const indent = ' '.repeat(width - room)
    for (const text of rest) printed.push(indent + text)
  }
  return printed.join('\n')
}

/** There are more than fit side by side. */
function withoutPeers(lines: readonly TranscriptLine[]): TranscriptLine[] {
  return lines.map((line) => ({ ...line, peers: [] }))
}

function widest(cells: readonly string[], least: string): number {
  return cells.reduce((most, cell) => Math.max(most, cell.length), least.length)
}
