import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { styleFor } from '../../src/sim/cli/layout.ts'
import { main } from '../../src/sim/cli/main.ts'
import { commands } from '../../src/sim/cli/shell/commands.ts'
import { Shell } from '../../src/sim/cli/shell/Shell.ts'
import { ShellSession } from '../../src/sim/cli/shell/ShellSession.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { FakeIo, held } from './fakeIo.ts'

function open(declared = 'three peers, seed 7'): Shell {
  const session = new ShellSession(parseScenario('test', `${declared}\nnormal`), undefined)
  const shell = new Shell(session, styleFor(new FakeIo(), false))
  shell.open()
  return shell
}

/** Types lines; of each, what is printed. */
function type(shell: Shell, ...lines: readonly string[]): string[] {
  return lines.map((line) => shell.execute(line).output)
}

async function shellOn(input: string, ...argv: readonly string[]) {
  const io = new FakeIo({ 'a.scenario': held })
  io.input = Readable.from([input])
  const exit = await main(['shell', ...argv], io)
  return { exit, out: io.stdout, err: io.stderr, last: io.lines.at(-1) ?? '' }
}

describe('commands', () => {
  test('nodes', () => {
    const shell = open()
    expect(
      type(
        shell,
        'create /a hello',
        'get /a',
        'set /a "two words"',
        'get /a',
        'create -s /a/n- ü',
        'get /a/n-0000000000',
        'ls /a',
        'ls -R /a',
        'getAllChildrenNumber /a',
        'create -e /e x',
        'getEphemerals',
        'sync /',
        'delete /a',
        'delete -v 3 /e',
        'deleteall /a',
        'get /a',
        'ls /',
      ),
    ).toEqual([
      'Created /a',
      'hello',
      '',
      'two words',
      'Created /a/n-0000000000',
      'ü',
      '[n-0000000000]',
      '/a\n/a/n-0000000000',
      '1',
      'Created /e',
      '[/e]',
      'Sync is OK',
      'Node not empty: /a',
      'Version is not valid: /e',
      '',
      'Node does not exist: /a',
      '[e, zookeeper]',
    ])
  })

  test('stat has every field, with what set and -v change', () => {
    const shell = open()
    type(shell, 'create /a 12345', 'set -v 0 /a 1')
    const [stat = ''] = type(shell, 'stat /a')
    expect(stat.split('\n').map((line) => line.split(' = ')[0])).toEqual(
      'cZxid ctime mZxid mtime pZxid cversion dataVersion aclVersion ephemeralOwner dataLength numChildren'.split(
        ' ',
      ),
    )
    expect(stat).toContain('dataVersion = 1\n')
    expect(stat).toContain('dataLength = 1\n')
  })

  test('access control', () => {
    const shell = open()
    expect(
      type(
        shell,
        'addauth digest ann:secret',
        'create /mine x auth::cdrwa',
        'getAcl /mine',
        'use bob',
        'connect 2',
        'get /mine',
        'setAcl /mine world:anyone:r',
      ).map((text) => text.replace(/session .*/, 'session')),
    ).toEqual([
      '',
      'Created /mine',
      "'digest,'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=\n: cdrwa",
      '',
      'Connected to 2, session',
      'Insufficient permission: /mine',
      'Insufficient permission: /mine',
    ])
  })

  test('watches tell what happens to others', () => {
    const shell = open()
    type(shell, 'create /a 1', 'get -w /a', 'addWatch /b', 'use bob', 'connect 2')
    expect(type(shell, 'set /a 2')[0]).toContain(
      'WATCHER me: WatchedEvent state:SyncConnected type:NodeDataChanged path:/a',
    )
    expect(type(shell, 'set /a 3')).toEqual([''])
    expect(type(shell, 'create /b 1')[0]).toContain('type:NodeCreated path:/b')
  })

  test('quotas', () => {
    const shell = open('three peers, enforceQuota on')
    expect(
      type(
        shell,
        'create /a',
        'create /a/b',
        'setquota -N 3 /a',
        'listquota /a',
        'setquota -n 5 /a/b',
        'create /a/c',
        'create /a/d',
        'delquota /a',
        'create /a/d',
        'listquota /a',
        'ls /zookeeper/quota',
      ),
    ).toEqual([
      'Created /a',
      'Created /a/b',
      '',
      'Output quota for /a count=-1,bytes=-1=;countHardLimit=3\nOutput stat for /a count=2,bytes=0',
      '/a/b has a parent /a which has a quota',
      'Created /a/c',
      'Quota has exceeded: /a/d',
      '',
      'Created /a/d',
      'quota for /a does not exist',
      '[]',
    ])
  })

  test('a limit of a quota is set and removed for itself', () => {
    const shell = open()
    const limits = '/zookeeper/quota/a/zookeeper_limits'
    expect(
      type(
        shell,
        'create /a',
        'setquota -n 5 /a',
        'setquota -B 9 /a',
        `get ${limits}`,
        'delquota -n /a',
        `get ${limits}`,
        'setquota -n 0 /a',
        'setquota -b 0 /a',
        `get ${limits}`,
        `set ${limits} count`,
        'setquota -n 3 /a',
      ).map((text) => text.split('\n')[0]),
    ).toEqual([
      'Created /a',
      '',
      '',
      'count=5,bytes=-1=;byteHardLimit=9',
      '',
      'count=-1,bytes=-1=;byteHardLimit=9',
      "-n has to be a whole number of at least 1, not '0'",
      '',
      'count=-1,bytes=0=;byteHardLimit=9',
      '',
      `${limits} does not say what a quota says: 'count'`,
    ])
  })

  test('faults and steps of the language', () => {
    const shell = open()
    type(shell, 'create /a 1', 'crash the leader', 'settle')
    expect(type(shell, 'get /a')).toEqual(['1'])
    expect(shell.execute('expect nobody leads')).toMatchObject({ status: 'refused' })
    expect(shell.execute('expect somebody leads')).toMatchObject({ status: 'ok', output: '' })
  })

  test('a lost connection leaves it open whether a write happened', () => {
    const shell = open()
    type(shell, 'connect 1')
    expect(type(shell, 'me creates /a "1" without waiting', 'crash 1', 'after 200 ms')[2]).toContain(
      'CONNECTIONLOSS',
    )
  })

  test('a quorum that is lost is said, with what every peer waits for', () => {
    const shell = open()
    type(shell, 'crash 1 and 2', 'after 30 s')
    const { output, status } = shell.execute('settle within 5 s')
    expect(status).toBe('refused')
    expect(output).toContain('waited 5.0')
    expect(output).toMatch(/3 .*waits for/)
  })

  test('close ends the session, connect begins another', () => {
    const shell = open()
    type(shell, 'create -e /e', 'close')
    expect(type(shell, 'get /e')[0]).toContain('Session expired')
    type(shell, 'connect')
    expect(type(shell, 'get /e')).toEqual(['Node does not exist: /e'])
  })
})

describe('what is typed', () => {
  test('an unknown command, a missing word, one too many, an unknown option', () => {
    const shell = open()
    const replies = ['lss /', 'ls', 'ls / /', 'ls -q /', 'create -t x /a', 'redo 99', 'frobnicate'].map(
      (line) => shell.execute(line),
    )
    expect(replies.map(({ status }) => status)).toEqual(Array(7).fill('usage'))
    expect(replies.map(({ output }) => output.split('\n')[0])).toEqual([
      "'lss' is no command; was ls [-s] [-w] [-R] path meant?",
      'something is missing',
      "'/' is one word too many",
      "Unknown option '-q'",
      "-t has to be a whole number, not 'x'",
      'redo takes the number of a line that `history` lists',
      'frobnicate',
    ])
  })

  test('history, redo, help', () => {
    const shell = open()
    expect(type(shell, 'create -s /n', 'redo 0', 'history')).toEqual([
      'Created /n0000000000',
      'Created /n0000000001',
      '0 - create -s /n\n1 - redo 0\n2 - history',
    ])
    const [help = ''] = type(shell, 'help')
    for (const { name } of commands) expect(help).toContain(name)
    expect(type(shell, 'help ls')[0]).toContain('-R with all below')
  })

  test('completion of commands, of words of the language, of paths', () => {
    const shell = open()
    type(shell, 'create /apple', 'create /apple/core', 'create /axe')
    expect(shell.complete('getA')).toEqual([['getAcl', 'getAllChildrenNumber'], 'getA'])
    expect(shell.complete('ls /a')).toEqual([['/apple', '/axe'], '/a'])
    expect(shell.complete('ls -R /apple/')).toEqual([['/apple/core'], '/apple/'])
    expect(shell.complete('cut p')[0]).toContain('power')
  })

  test('what others wrote cannot steer the terminal', () => {
    const shell = open()
    type(shell, 'create /a "\u001b[31mred"')
    expect(type(shell, 'get /a')).toEqual(['\ufffd[31mred'])
  })
})

describe('zksim shell', () => {
  test('reads lines to their end, and concludes', async () => {
    const { exit, out, last } = await shellOn('create /a 1\nget /a\n')
    expect(out).toContain('Created /a')
    expect(last).toMatch(/^HELD {2}seed=1 events=[0-9,]+ hash=[0-9a-f]{16}$/)
    expect(exit).toBe(0)
  })

  test('the same lines, the same hash', async () => {
    const lines = 'create /a 1\ncrash the leader\nsettle\nget /a\n'
    const runs = [await shellOn(lines, '--seed', '5'), await shellOn(lines, '--seed', '5')]
    expect(runs[0]?.last).toBe(runs[1]?.last)
  })

  test('1 where the ensemble refused, 2 where a line could not be read', async () => {
    expect((await shellOn('get /none\n')).exit).toBe(1)
    expect((await shellOn('gett /none\n')).exit).toBe(2)
    expect((await shellOn('quit\nget /none\n')).exit).toBe(0)
  })

  test('--with declares, a file is played first', async () => {
    const five = await shellOn('show peers\n', '--with', 'five peers, seed 3')
    expect(five.out).toContain('5 servers')
    expect(five.last).toContain('seed=3')
    const played = await shellOn('get /x\n', 'a.scenario')
    expect(played.out).toContain('v1')
  })

  test('bad input has its place', async () => {
    const bad = await shellOn('', '--with', 'fiv peers')
    expect(bad.exit).toBe(2)
    expect(bad.err).toContain('--with:1:1')
    expect((await shellOn('', 'none.scenario')).exit).toBe(2)
    expect((await shellOn('', 'a.scenario', '--with', 'five peers')).exit).toBe(2)
  })
})
