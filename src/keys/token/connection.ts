import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Answer, type CallName, type Request } from './message.ts';

/** Milliseconds that a call may take. Making an RSA key takes some tokens half a minute. */
export const callPatience = 60_000;
const handshake = Buffer.from('PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1');
/** Octets of the longest answer. */
const longest = 1024 * 1024;

/** An error of PKCS #11, with its number: CKR_PIN_INCORRECT is 0xa0. */
export class Pkcs11Error extends Error {
  readonly number: number;
  constructor(call: CallName, number: number) {
    super(`${call} answered ${errorNames[number] ?? `0x${number.toString(16)}`}`);
    this.number = number;
  }
}

const errorNames: Readonly<Record<number, string>> = {
  5: 'CKR_GENERAL_ERROR',
  6: 'CKR_FUNCTION_FAILED',
  48: 'CKR_DEVICE_ERROR',
  49: 'CKR_DEVICE_MEMORY',
  50: 'CKR_DEVICE_REMOVED',
  112: 'CKR_MECHANISM_INVALID',
  160: 'CKR_PIN_INCORRECT',
  162: 'CKR_PIN_LEN_RANGE',
  164: 'CKR_PIN_LOCKED',
  179: 'CKR_SESSION_HANDLE_INVALID',
  224: 'CKR_TOKEN_NOT_PRESENT',
  257: 'CKR_USER_NOT_LOGGED_IN',
};

interface Waiting {
  readonly call: CallName;
  readonly settle: { resolve(answer: Answer): void; reject(problem: Error): void };
  readonly timer: NodeJS.Timeout;
}

/**
 * A PKCS #11 module in a process of its own, `p11-kit remote`: this process loads no code of the vendor, and a module that
 * crashes ends a helper alone. Calls are answered in the order in which they are made, and need not wait for each other.
 */
export class ModuleConnection {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #received = Buffer.alloc(0);
  #isGreeted = false;
  #end: Error | undefined;
  #complaint = '';

  constructor(module: string) {
    // The PIN travels through the pipe; the environment of the helper has no setting of Cardea.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CARDEA_')));
    this.#process = spawn('p11-kit', ['remote', module], { env, stdio: 'pipe' });
    this.#process.once('error', (problem: NodeJS.ErrnoException) =>
      this.#fail(problem.code === 'ENOENT' ? new Error('p11-kit is not installed: apt-get install p11-kit') : problem),
    );
    this.#process.stdin.on('error', (problem) => this.#fail(problem));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-500);
    });
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    // `close` and not `exit`: what the helper said last has been read by then.
    this.#process.once('close', () => this.#fail(new Error(this.#complaint.trim() || 'p11-kit remote has ended')));
    this.#process.unref();
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr])
      (stream as unknown as { unref?(): void }).unref?.();
    this.#process.stdin.write(Buffer.of(0)); // the version of the protocol
  }

  /** The helper has ended, or answered what cannot be read. */
  get isClosed(): boolean {
    return this.#end !== undefined;
  }

  /** The first call of all. */
  static initializeRequest(request: Request): Request {
    return request.octets(handshake).byte(0).octets(Buffer.of(0));
  }

  /** @throws Pkcs11Error, Error where the helper has ended or does not answer in time */
  call(call: CallName, request: Request): Promise<Answer> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(new Error(`${call} was not answered in time`)), callPatience);
      this.#waiting.push({ call, settle: { resolve, reject }, timer });
      const body = request.bytes();
      const header = Buffer.alloc(12);
      header.writeUInt32BE(1, 0);
      header.writeUInt32BE(body.length, 8);
      this.#process.stdin.write(Buffer.concat([header, body]));
    });
  }

  close(): void {
    this.#fail(new Error('the connection was closed'));
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (!this.#isGreeted && this.#received.length > 0) {
      this.#isGreeted = true;
      this.#received = this.#received.subarray(1);
    }
    while (this.#received.length >= 12) {
      const [options, length] = [this.#received.readUInt32BE(4), this.#received.readUInt32BE(8)];
      if (options + length > longest) {
        this.#fail(new Error('p11-kit remote sent a response that cannot be read'));
        return;
      }
      if (this.#received.length < 12 + options + length) return;
      const body = this.#received.subarray(12 + options, 12 + options + length);
      this.#received = this.#received.subarray(12 + options + length);
      this.#settle(body);
    }
  }

  #settle(body: Buffer): void {
    const next = this.#waiting.shift();
    if (!next) {
      this.#fail(new Error('p11-kit remote sent a response without a request'));
      return;
    }
    clearTimeout(next.timer);
    try {
      const answer = new Answer(next.call, body);
      if (answer.error === undefined) next.settle.resolve(answer);
      else next.settle.reject(new Pkcs11Error(next.call, answer.error));
    } catch (problem) {
      next.settle.reject(problem as Error);
      this.#fail(problem as Error);
    }
  }

  #fail(problem: Error): void {
    this.#end ??= problem;
    for (const { settle, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      settle.reject(problem);
    }
    this.#process.stdin.destroy();
    this.#process.kill();
  }
}
