import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { createSecureContext, type SecureContext } from 'node:tls';
import { fault } from '#core/trace/fault.ts';
import { pem } from '#pki/build/certificate-builder.ts';

/** A card behind PKCS #11, as TLS wants it: the key never leaves it, OpenSSL's engine asks it to sign. */
export interface TokenCard {
  readonly cert: string;
  readonly privateKeyEngine: string;
  readonly privateKeyIdentifier: string;
}

/** What an RFC 7512 URI says of where the card is. */
interface Place {
  readonly attributes: ReadonlyMap<string, string>;
  /** `token=…;id=…`, as it was written. */
  readonly path: string;
  readonly module: string;
}

const libraries = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** Whether a `--card` names a card and not a file. */
export const isTokenUri = (card: string): boolean => card.startsWith('pkcs11:');

/**
 * The card that a URI names. Its PIN comes from `readPin` and goes to OpenSSL, so it is in no process list.
 * @throws commandMisused, tokenSoftwareMissing, tokenUnreadable
 */
export async function tokenCard(uri: string, readPin: () => Promise<string>): Promise<TokenCard> {
  const place = placeOf(uri);
  const engine = findInstalled('engines-3/pkcs11.so', 'libengine-pkcs11-openssl');
  process.env.PKCS11_MODULE_PATH = place.module; // where the engine looks
  const cert = pem('CERTIFICATE', certificateOn(place));
  const pin = encodeURIComponent(await readPin());
  return {
    cert,
    privateKeyEngine: engine,
    privateKeyIdentifier: `pkcs11:${place.path};type=private?pin-value=${pin}`,
  };
}

function placeOf(uri: string): Place {
  const [path = '', query = ''] = uri.slice('pkcs11:'.length).split('?');
  const request = attributesOf(query, '&');
  if (request.has('pin-value') || request.has('pin-source'))
    throw fault('commandMisused', {
      problem:
        '--card: the URI must not contain a PIN. Enter the PIN when it is requested, or pass it on standard input.',
    });
  const module = request.get('module-path') ?? findInstalled('opensc-pkcs11.so', 'opensc-pkcs11');
  return { path, attributes: attributesOf(path, ';'), module };
}

function attributesOf(text: string, separator: string): ReadonlyMap<string, string> {
  const pairs = text.split(separator).filter(Boolean);
  return new Map(pairs.map((pair) => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
}

function findInstalled(file: string, debianPackage: string): string {
  const matchingLibraries = libraries.map((folder) => `${folder}/${file}`).find((path) => existsSync(path));
  if (!matchingLibraries) throw fault('tokenSoftwareMissing', { file, package: debianPackage });
  return matchingLibraries;
}

/** The certificate as DER. Reading it needs no PIN. */
function certificateOn({ attributes, module }: Place): Uint8Array {
  const choice = [
    ['token', '--token-label', decodeURIComponent],
    ['object', '--label', decodeURIComponent],
    ['id', '--id', hexOf],
  ] as const;
  const words = choice.flatMap(([name, option, read]) => {
    const value = attributes.get(name);
    return value === undefined ? [] : [option, read(value)];
  });
  try {
    const reading = ['--module', module, '--read-object', '--type', 'cert', ...words];
    return new Uint8Array(execFileSync('pkcs11-tool', reading, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw fault('tokenSoftwareMissing', { file: 'pkcs11-tool', package: 'opensc' }, cause);
    const body = String((cause as { stderr?: Buffer }).stderr ?? '').trim();
    throw fault('tokenUnreadable', { problem: body.split('\n').at(-1)?.slice(0, 200) || 'no card answered' }, cause);
  }
}

/** RFC 7512 §2.3: `%01%a2` and plain characters, as hex. */
const hexOf = (id: string): string =>
  id.replace(/%([0-9a-f]{2})|(.)/gi, (_, hex: string | undefined, plain: string | undefined) =>
    hex === undefined ? Buffer.from(plain!).toString('hex') : hex.toLowerCase(),
  );

/** Logs in to the token; every connection made with the context shows its certificate. @throws tokenPinWrong, tokenPinLocked, tokenUnreadable */
export function openToken(card: TokenCard, { ca }: { readonly ca?: string | undefined }): SecureContext {
  try {
    return createSecureContext({ ...card, ...(ca ? { ca } : {}) });
  } catch (thrown) {
    const { code = '', message = '' } = thrown as NodeJS.ErrnoException;
    if (/PIN_(INCORRECT|LEN)/.test(code)) throw fault('tokenPinWrong', {}, thrown);
    if (code.includes('PIN_LOCKED')) throw fault('tokenPinLocked', {}, thrown);
    throw fault('tokenUnreadable', { problem: message.slice(0, 200) }, thrown);
  }
}

/** The PIN from a person at a terminal, who does not see it again, or from the first line of standard input. */
export async function readPin(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  if (!input.isTTY) {
    for await (const line of createInterface({ input })) return line;
    throw fault('commandMisused', { problem: 'Standard input contains no PIN.' });
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // First the echo is off, then the question is there: what is typed at once is not shown either.
  const terminal = createInterface({ input, output: silent, terminal: true });
  output.write('PIN: ');
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    output.write('\n');
  }
}
