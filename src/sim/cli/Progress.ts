/** How far a hunt has come: a bar on a terminal, a line now and then elsewhere. Both on stderr. */
import { MultiBar, Presets } from 'cli-progress'
import type { Io } from './io.ts'
import type { Style } from './layout.ts'
import type { Surroundings } from './Surroundings.ts'

/** What is shown. */
export interface Status {
  /** 0 to 1. */
  readonly share: number
  /** How far it has come, such as `4,213 of 10,000 seeds`. */
  readonly done: string
  /** What else there is to be said. */
  readonly details: string
}

/** Until the first line where there is no terminal, in milliseconds; the time to the next doubles up to the last. */
const FIRST_LINE = 10_000
const LAST_LINE = 300_000
const BAR = 24

export class Progress {
  private readonly io: Io
  private readonly style: Style
  private readonly surroundings: Surroundings
  private readonly status: () => Status
  private bars: MultiBar | null = null
  private readonly lines: boolean
  private pause = FIRST_LINE
  private nextLine: number

  constructor(way: 'bar' | 'lines' | 'none', io: Io, style: Style, from: Surroundings, status: () => Status) {
    this.io = io
    this.style = style
    this.surroundings = from
    this.status = status
    this.lines = way === 'lines'
    this.nextLine = from.now() + this.pause
    if (way === 'bar') this.bars = this.draw()
  }

  /** Something has come further. */
  tick(): void {
    if (!this.lines || this.surroundings.now() < this.nextLine) return
    this.pause = Math.min(LAST_LINE, this.pause * 2)
    this.nextLine = this.surroundings.now() + this.pause
    const { share, done, details } = this.status()
    this.io.err(`${done} (${Math.floor(share * 100)} %), ${details}\n`)
  }

  /** Says something above the bar. */
  say(text: string): void {
    if (this.bars === null) this.io.err(`${text}\n`)
    else {
      this.bars.log(`${text}\n`)
      this.bars.update()
    }
  }

  /** Takes the bar away. */
  close(): void {
    this.bars?.stop()
    this.bars = null
  }

  private draw(): MultiBar {
    const { colours, width } = this.style
    const stream = this.surroundings.terminal
    const options = { stream, clearOnComplete: true, hideCursor: true, barsize: BAR, fps: 8 }
    const bars = new MultiBar(options, Presets.shades_classic)
    const line = (format: string) => bars.create(1, 0, { done: '', details: '' }, { format })
    const bar = line(`${colours.cyan('{bar}')} {percentage} %  {done}`)
    const below = line(colours.dim('{details}'))
    // Whenever it is drawn it asks how far things are.
    bars.on('update-pre', () => {
      const { share, done, details } = this.status()
      bar.update(share, { done })
      below.update(0, { details: details.slice(0, width - 1) })
    })
    return bars
  }
}
