import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { patience } from '../../until.ts';
import { fileOf } from '../packages.ts';
import type { TokenModule } from '../windows/nss.ts';
import type { PivCard } from './piv-card.ts';

const run = promisify(execFile);
const namespaces = ['--mount', '--net'];

/** What vpcd sends instead of a command (vsmartcard, virtualsmartcard/src/vpcd). */
const control = { powerOff: 0, powerOn: 1, reset: 2, answerToReset: 4 } as const;

/** Answer to reset of ISO/IEC 7816-3 §8: T=1, "PIV" as historical octets, and the check octet over all but the first. */
const answerToReset = withCheck(Buffer.from([0x3b, 0x83, 0x80, 0x01, ...Buffer.from('PIV')]));

/** The port of the virtual reader, in a network of its own. */
const readerPort = 35_963;

/**
 * Joins a socket in the file system to the port of the virtual reader, which is in another network namespace. The reader
 * sends each command in two pieces and waits for the acknowledgement of the first, which the system delays by 40 ms: the
 * route acknowledges at once.
 */
const relay = `const { connect, createServer } = require('node:net');
createServer((near) => {
  const far = connect({ port: ${readerPort}, host: '127.0.0.1', noDelay: true });
  for (const [socket, other] of [[near, far], [far, near]])
    socket.on('error', () => other.destroy()).on('close', () => other.destroy());
  near.pipe(far).pipe(near);
}).listen(process.argv[1]);
process.stdin.on('end', () => process.exit()).resume();`;
const script = `exec 3<&0
ip link set lo up
ip route replace table local local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1 quickack 1
mount --bind "$1" /run/pcscd
"$3" -e "$4" "$1/card.socket" <&3 &
exec pcscd --foreground --config "$2"`;

/**
 * A card reader of its own: pcscd with vsmartcard's virtual reader, in a mount namespace so that its socket is ours and
 * another pcscd of the machine is left alone, and in a network namespace. Needs root.
 */
export class CardReader {
  /** Sees the reader through OpenSC. */
  readonly module: TokenModule;
  readonly #folder: string;
  readonly #daemon: ChildProcess;
  #card: Socket | undefined;

  private constructor(folder: string, daemon: ChildProcess) {
    this.#folder = folder;
    this.#daemon = daemon;
    const environment = { PCSCLITE_CSOCK_NAME: join(folder, 'pcscd.comm') };
    this.module = { library: fileOf('opensc-pkcs11')!, environment };
  }

  static async open(): Promise<CardReader> {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-reader-'));
    const channel = `0x${readerPort.toString(16)}`;
    const entries = {
      FRIENDLYNAME: '"Virtual reader"',
      DEVICENAME: `/dev/null:${channel}`,
      LIBPATH: fileOf('vsmartcard-vpcd')!,
      CHANNELID: channel,
    };
    const configuration = join(folder, 'reader.conf');
    writeFileSync(
      configuration,
      Object.entries(entries)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    );
    mkdirSync('/run/pcscd', { recursive: true });
    const words = [...namespaces, 'sh', '-ec', script, 'sh', folder, configuration, process.execPath, relay];
    const daemon = spawn('unshare', words, { stdio: ['pipe', 'ignore', 'ignore'] });
    const reader = new CardReader(folder, daemon);
    await reader.#says('(empty)');
    return reader;
  }

  /** Waits until OpenSC's list of readers says this: what looks too early sees nothing, or no reader ever. */
  async #says(words: string): Promise<void> {
    const end = Date.now() + patience;
    const env = { ...process.env, ...this.module.environment };
    const list = ['--module', this.module.library, '-L'];
    // Not synchronously: it is this process that answers for the card. The command fails while there is no reader.
    const look = () => run('pkcs11-tool', list, { env }).catch(() => ({ stdout: '' }));
    while (!(await look()).stdout.includes(words)) {
      if (Date.now() > end) throw new Error(`the virtual reader never said ${words}`);
      await pause(100);
    }
  }

  /** Pushes a card in; resolves when OpenSC sees it. */
  async insert(card: PivCard): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      const socket = connect(join(this.#folder, 'card.socket'));
      const plug = await plugIn(socket, card);
      if (plug) {
        this.#card = socket;
        return this.#says('token label');
      }
      if (Date.now() > end) throw new Error('the virtual reader takes no card');
      await pause(100);
    }
  }

  /** Pulls the card out. */
  async remove(): Promise<void> {
    const card = this.#card;
    if (!card) return;
    this.#card = undefined;
    const resolve = new Promise((done) => card.once('close', done));
    card.destroy();
    await resolve;
  }

  async close(): Promise<void> {
    await this.remove();
    const end = new Promise((done) => this.#daemon.once('exit', done));
    this.#daemon.stdin?.end(); // ends the relay
    this.#daemon.kill();
    await end;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Answers the reader's frames: two octets of length, then a command or one octet of control. */
function plugIn(socket: Socket, card: PivCard): Promise<boolean> {
  let waiting = Buffer.alloc(0);
  const write = (answer: Buffer) =>
    socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer]));
  return new Promise((reply) => {
    socket.on('error', () => reply(false)).on('close', () => reply(false));
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const frame = waiting.subarray(2, 2 + waiting.readUInt16BE(0));
        waiting = waiting.subarray(2 + frame.length);
        if (frame.length > 1) write(card.answer(frame));
        else if (frame[0] === control.answerToReset) {
          write(answerToReset);
          reply(true);
        } else card.reset();
      }
    });
  });
}

function withCheck(octets: Buffer): Buffer {
  const check = octets.subarray(1).reduce((sum, octet) => sum ^ octet, 0);
  return Buffer.concat([octets, Buffer.from([check])]);
}

/** Why there can be no reader here, for the `skip` of `node:test`; false when there can. */
export function notRoot(): string | false {
  const makes = () => spawnSync('unshare', [...namespaces, 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  const isThere = process.getuid?.() === 0 && makes();
  return !isThere && 'a card service needs namespaces of its own: run as root, with unshare and ip';
}
