import { spawn } from 'node:child_process';
import { fault } from '#core/trace/fault.ts';

/** One run of OpenSC's `pkcs11-tool`. The PIN is in its environment, which no other account reads, and never in its arguments. */
export interface ToolRun {
  readonly module: string;
  readonly words: readonly string[];
  readonly pin?: string;
  readonly input?: Uint8Array;
  /** What is done with the card, in words. */
  readonly during: string;
}

const pinVariable = 'CARDEA_CARD_PIN';
/** Milliseconds. A card that makes an RSA signature takes a second, one with a touch sensor as long as a person does. */
const patience = 60_000;

/** What the tool writes to standard output. @throws tokenPinWrong, tokenPinLocked, tokenRemoved, tokenUnreadable, tokenSoftwareMissing */
export async function runTool({ module, words, pin, input, during }: ToolRun): Promise<Buffer> {
  const login = pin === undefined ? [] : ['--login', '--pin', `env:${pinVariable}`];
  const environment = pin === undefined ? process.env : { ...process.env, [pinVariable]: pin };
  const child = spawn('pkcs11-tool', ['--module', module, ...words, ...login], { env: environment, timeout: patience });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (thrown: NodeJS.ErrnoException) =>
      reject(
        thrown.code === 'ENOENT'
          ? fault('tokenSoftwareMissing', { file: 'pkcs11-tool', package: 'opensc' }, thrown)
          : thrown,
      ),
    );
    child.once('close', resolve);
  });
  if (code === 0) return Buffer.concat(out);
  throw toolFault(Buffer.concat(err).toString('utf8'), during);
}

/** PKCS #11 return values that say that there is no card any more, and what `pkcs11-tool` says where there is none. */
const removalWords =
  /CKR_(?:TOKEN_NOT_PRESENT|DEVICE_REMOVED|SLOT_ID_INVALID|TOKEN_NOT_RECOGNIZED|SESSION_HANDLE_INVALID|OBJECT_HANDLE_INVALID)|No slots?\b|No slot with|token not present/i;

/** The fault that the last words of `pkcs11-tool` mean. */
export function toolFault(words: string, during: string) {
  if (/CKR_PIN_(?:INCORRECT|INVALID|LEN_RANGE)/.test(words)) return fault('tokenPinWrong', {});
  if (/CKR_PIN_LOCKED/.test(words)) return fault('tokenPinLocked', {});
  if (removalWords.test(words)) return fault('tokenRemoved', { during });
  const lines = words.split('\n').filter((line) => line.trim() !== '' && line !== 'Aborting.');
  return fault('tokenUnreadable', {
    problem: `${during}: ${lines.at(-1)?.slice(0, 200) ?? 'pkcs11-tool gave no reason'}`,
  });
}
