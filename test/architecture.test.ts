import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string
  readonly text: string
  /** Without comments and without the contents of strings. */
  readonly code: string
}

function sources(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, code: codeOf(text) }
    })
}

/** Blanks comments, strings and the fixed parts of templates, so that prose may use any word. */
export function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/(^|[^:])\/\/.*$/gm, '$1')
    .replace(/`(?:[^`\\]|\\.)*`/g, (template) => {
      const holes = template.match(/\$\{[^}]*\}/g) ?? []
      return holes.join(' ') + '\n'.repeat(template.split('\n').length - 1)
    })
}

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

function importsOf(file: SourceFile): Import[] {
  const found: Import[] = []
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?from\s+)?'([^']+)'/gm
  for (const match of file.text.matchAll(pattern)) {
    const specifier = match[2] as string
    const from = specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file.path), specifier)).replaceAll('\\', '/')
      : specifier
    found.push({ from, typeOnly: match[1] !== undefined })
  }
  return found
}

/** The part of the project a file belongs to, and what that part may import. First match wins. */
const rules: readonly {
  readonly part: string
  readonly covers: RegExp
  readonly may: readonly RegExp[]
  /** Allowed for `import type` alone. */
  readonly mayType?: readonly RegExp[]
}[] = [
  { part: 'base', covers: /^src\/base\//, may: [/^src\/base\//] },
  {
    part: 'the live host',
    covers: /^src\/nodes\/live\//,
    may: [/^src\/base\//, /^src\/nodes\//, /^node:/],
  },
  {
    part: 'the database',
    covers: /^src\/nodes\/database\//,
    may: [/^src\/base\//, /^src\/nodes\/database\//, /^src\/nodes\/[^/]+\.ts$/, /^immer$/],
  },
  {
    part: 'nodes',
    covers: /^src\/nodes\//,
    may: [/^src\/base\//, /^src\/nodes\/(?!live\/)/],
  },
  {
    part: 'the kernel, random streams',
    covers: /^src\/sim\/kernel\/Random\.ts$/,
    may: [/^src\/base\//, /^src\/sim\/kernel\//, /^seedrandom\/lib\/alea\.js$/],
  },
  {
    part: 'the kernel',
    covers: /^src\/sim\/kernel\//,
    may: [/^src\/base\//, /^src\/sim\/kernel\//],
    mayType: [/^src\/nodes\/Host\.ts$/],
  },
  { part: 'sentences', covers: /^src\/sim\/sentence\.ts$/, may: [] },
  {
    part: 'faults',
    covers: /^src\/faults\//,
    may: [
      /^src\/base\//,
      /^src\/faults\//,
      /^src\/sim\/kernel\//,
      /^src\/sim\/(sentence|kinds)\.ts$/,
      /^immer$/,
    ],
    mayType: [/^src\/nodes\/[^/]+\.ts$/],
  },
  {
    part: 'invariants',
    covers: /^src\/invariants\//,
    may: [/^src\/base\//, /^src\/invariants\//, /^src\/nodes\/zxid\.ts$/, /^immer$/],
    mayType: [/^src\/nodes\//],
  },
  {
    part: 'the hunt',
    covers: /^src\/sim\/cli\/fuzz\//,
    may: [
      /^src\/(base|sim|nodes(?!\/live)|invariants)\//,
      /^node:/,
      /^commander$/,
      /^tinypool$/,
      /^fast-xml-builder$/,
    ],
  },
  {
    part: 'the command',
    covers: /^src\/sim\/cli\//,
    may: [/^src\//, /^node:/, /^commander$/, /^picocolors$/, /^string-argv$/, /^cli-progress$/],
  },
  {
    part: 'the simulator',
    covers: /^src\/sim\//,
    may: [/^src\/(base|sim(?!\/cli)|nodes(?!\/live)|faults|invariants)\//, /^immer$/],
  },
  {
    part: 'what the entry points for tests share',
    covers: /^src\/testing\//,
    may: [/^src\/(base|sim(?!\/cli)|nodes(?!\/live)|faults|invariants|testing)\//],
  },
  {
    part: 'zksim/vitest',
    covers: /^src\/vitest\//,
    may: [/^src\/(sim(?!\/cli)|testing|vitest)\//, /^vitest$/],
  },
  {
    part: 'zksim/fast-check',
    covers: /^src\/fast-check\//,
    may: [/^src\/(sim(?!\/cli)|nodes(?!\/live)|invariants|testing|fast-check)\//, /^fast-check$/],
  },
  {
    part: 'the public API',
    covers: /^src\/index\.ts$/,
    may: [/^src\/(base|sim(?!\/cli)|nodes(?!\/live)|faults|invariants)\//],
  },
]

const files = sources('src')

describe('who may import whom', () => {
  it('covers every source file', () => {
    expect(
      files.filter((file) => !rules.some((rule) => rule.covers.test(file.path))).map((f) => f.path),
    ).toEqual([])
  })

  for (const rule of rules) {
    it(`${rule.part} keeps to its own`, () => {
      const broken: string[] = []
      for (const file of files) {
        if (rules.find((candidate) => candidate.covers.test(file.path)) !== rule) continue
        for (const { from, typeOnly } of importsOf(file)) {
          const allowed = rule.may.some((may) => may.test(from))
          const allowedAsType = typeOnly && (rule.mayType ?? []).some((may) => may.test(from))
          if (!allowed && !allowedAsType) broken.push(`${file.path} imports ${from}`)
        }
      }
      expect(broken).toEqual([])
    })
  }

  it('sees an import that breaks a rule', () => {
    const file = { path: 'src/sim/kernel/X.ts', text: "import { a } from '../../nodes/zxid.ts'\n", code: '' }
    expect(importsOf(file)).toEqual([{ from: 'src/nodes/zxid.ts', typeOnly: false }])
  })
})

/** Words whose meaning differs from one run, machine or engine to the next. */
const banned: readonly (readonly [word: string, pattern: RegExp, instead: string])[] = [
  ['Date', /\bDate\b/, 'host.now, host.wallClock or world.now'],
  ['Math.random', /\bMath\.random\b/, 'a named stream'],
  ['crypto', /\bcrypto\b/, 'a named stream'],
  ['performance', /\bperformance\b/, 'virtual time'],
  [
    'timers',
    /\b(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b/,
    'host.setTimer',
  ],
  ['process', /\bprocess\.(nextTick|hrtime|env|argv|pid|memoryUsage)\b/, 'an explicit input'],
  ['promises', /\b(Promise|async|await)\b/, 'stimuli'],
  ['locale', /\b(localeCompare|Intl|toLocale\w+|normalize)\b/, 'comparison by code unit'],
  [
    'transcendental maths',
    /\bMath\.(sin|cos|tan|asin|acos|atan2?|sinh|cosh|tanh|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot)\b|\*\*/,
    'integer tables',
  ],
  ['sort without a comparator', /\.(sort|toSorted)\(\s*\)/, 'a total order'],
  ['for…in', /\bfor\s*\(\s*(const|let|var)\s+\w+\s+in\b/, 'a Map'],
  ['garbage collection', /\b(WeakRef|WeakMap|WeakSet|FinalizationRegistry)\b/, 'plain state'],
  ['structuredClone', /\bstructuredClone\b/, 'fork'],
]

/**
 * Programs of users are promises, and these files stand between them and the world: they give promises out and settle them
 * between two events. No world holds one. One of them has to know when all microtasks are done.
 */
const border: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'promises',
    [
      'Begun',
      'Environment',
      'environmentOf',
      'Faults',
      'MultiBuilder',
      'quiescence',
      'simulate',
      'SimulatedZooKeeper',
      'Simulation',
      'Wait',
      'ZooKeeper',
      // What tests wait for: whole runs.
      'testing/attempt',
      'testing/beset',
      'testing/investigate',
      'fast-check/perform',
      'fast-check/simulations',
      'vitest/runSeeds',
      'vitest/simulationTest',
    ],
  ],
  ['timers', ['quiescence']],
  ['process', ['vitest/simulationTest']],
])

function onBorder(name: string): string {
  return name.includes('/') ? `src/${name}.ts` : `src/sim/simulate/${name}.ts`
}

describe('determinism', () => {
  const watched = files.filter(
    (file) => !file.path.startsWith('src/nodes/live/') && !file.path.startsWith('src/sim/cli/'),
  )
  for (const [word, pattern, instead] of banned) {
    it(`nobody uses ${word}`, () => {
      const found: string[] = []
      const allowed = (border.get(word) ?? []).map(onBorder)
      for (const file of watched) {
        if (allowed.includes(file.path)) continue
        file.code.split('\n').forEach((line, index) => {
          if (pattern.test(line)) found.push(`${file.path}:${index + 1} ${line.trim()} — use ${instead}`)
        })
      }
      expect(found).toEqual([])
    })
  }

  it('lets in no more than what is there', () => {
    const files = [...border].flatMap(([word, names]) => names.map((name) => ({ word, name })))
    const idle = files.filter(({ word, name }) => {
      const pattern = banned.find(([known]) => known === word)?.[1]
      const file = watched.find(({ path }) => path === onBorder(name))
      return file === undefined || pattern?.test(file.code) !== true
    })
    expect(idle).toEqual([])
  })

  it('sees a banned word in code and ignores it in prose', () => {
    const code = codeOf(
      "// a Date here\nconst s = 'Math.random'\nconst t = `at ${Date.now()}`\n/* Promise */\n",
    )
    expect(code).not.toMatch(/Math\.random|Promise/)
    expect(code).toMatch(/Date\.now/)
  })
})
