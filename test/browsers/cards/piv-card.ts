import { execFileSync } from 'node:child_process';
import { constants, createHash, privateEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issued } from '#pki/build/issued.ts';
import { findTlv, tlv } from './tlv.ts';

/** Status words of ISO/IEC 7816-4 §5.1.3. */
const status = {
  done: '9000',
  pinNeeded: '6982',
  pinBlocked: '6983',
  wrongData: '6a80',
  notFound: '6a82',
  noSuchReference: '6a88',
  unknownInstruction: '6d00',
} as const;

const application = 'a000000308000010000100';
/** The PIN of the application (SP 800-73-4, part 2, §2.4.3). */
const applicationPin = 0x80;
const mostTries = 3;

/** Keys for signing in, for signatures and for key management, with the tags of their certificates (SP 800-73-4, part 1, table 4b). */
const certificateTags = { '9a': '5fc105', '9c': '5fc10a', '9d': '5fc10b' } as const;
export type PivSlot = keyof typeof certificateTags;
export type PivKeys = Readonly<Partial<Record<PivSlot, Issued>>>;

/**
 * A PIV card (SP 800-73-4) with RSA-2048 or P-256 keys: enough of it for OpenSC and every TLS client above. It counts
 * wrong PINs, and is blocked after three. Slot 9C needs the PIN for each signature.
 */
export class PivCard {
  readonly #objects: ReadonlyMap<string, Buffer>;
  readonly #keys: PivKeys;
  readonly #pin: string;
  #tries = mostTries;
  #verified = false;
  /** The rest of an answer that was longer than requested. */
  #rest: Buffer = Buffer.alloc(0);
  /** What came so far of a command in several parts. */
  #begun: Buffer = Buffer.alloc(0);

  /** @param keys by slot; a certificate alone is in slot 9A */
  constructor(keys: Issued | PivKeys, pin: string) {
    this.#keys = 'der' in keys ? { '9a': keys } : keys;
    this.#pin = pin;
    this.#objects = objectsOf(this.#keys);
  }

  /** How many wrong PINs are still forgiven. */
  get tries(): number {
    return this.#tries;
  }

  /** Power is switched on or off: the PIN must be verified again. */
  reset(): void {
    this.#verified = false;
    this.#rest = this.#begun = Buffer.alloc(0);
  }

  /** The answer to one command APDU: data and status word. */
  answer(command: Buffer): Buffer {
    const [cla = 0, ins = 0, , p2 = 0] = command;
    const { data, expected } = bodyOf(command);
    if (ins === 0xc0) return this.#send(this.#rest, expected);
    this.#begun = Buffer.concat([this.#begun, data]);
    if (cla & 0x10) return word('done'); // ISO/IEC 7816-4 §5.1.1.1: more of this command follows
    const whole = this.#begun;
    this.#begun = Buffer.alloc(0);
    switch (ins) {
      case 0xa4:
        return this.#select(whole, expected);
      case 0xcb:
        return this.#getData(whole, expected);
      case 0x20:
        return this.#verify(p2, whole);
      case 0x87:
        return this.#authenticate(p2, whole, expected);
      default:
        return word('unknownInstruction');
    }
  }

  #select(name: Buffer, expect: number): Buffer {
    if (!name.toString('hex').startsWith(application.slice(0, 10))) return word('notFound');
    const version = tlv('4f', Buffer.from(application.slice(10), 'hex'));
    return this.#send(tlv('61', version, tlv('79', tlv('4f', Buffer.from(application.slice(0, 10), 'hex')))), expect);
  }

  #getData(request: Buffer, expect: number): Buffer {
    const object = this.#objects.get(request.subarray(2, 2 + request[1]!).toString('hex'));
    return object ? this.#send(object, expect) : word('notFound');
  }

  /** SP 800-73-4, part 2, §3.2.1. Without a PIN it only asks whether one is needed. */
  #verify(reference: number, pin: Buffer): Buffer {
    if (reference !== applicationPin) return word('noSuchReference');
    if (this.#tries === 0) return word('pinBlocked');
    if (pin.length === 0 && this.#verified) return word('done');
    if (pin.length > 0) {
      this.#verified = pin.toString('latin1').replace(/\xff+$/, '') === this.#pin;
      this.#tries = this.#verified ? mostTries : this.#tries - 1;
      if (this.#verified) return word('done');
    }
    return this.#tries === 0 ? word('pinBlocked') : Buffer.from([0x63, 0xc0 | this.#tries]);
  }

  /** SP 800-73-4, part 2, §3.2.4: the raw RSA operation on a block that the host has padded, or ECDSA over its hash. */
  #authenticate(reference: number, template: Buffer, expect: number): Buffer {
    const slot = reference.toString(16) as PivSlot;
    const key = this.#keys[slot]?.privateKey;
    if (!key) return word('wrongData');
    if (!this.#verified) return word('pinNeeded');
    const challenge = findTlv(findTlv(template, 0x7c) ?? Buffer.alloc(0), 0x81);
    if (!challenge) return word('wrongData');
    if (slot === '9c') this.#verified = false;
    const isRsa = key.asymmetricKeyType === 'rsa';
    const signature = isRsa
      ? privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, challenge)
      : ecdsa(key, challenge);
    return this.#send(tlv('7c', tlv('82', signature)), expect);
  }

  #send(data: Buffer, expect: number): Buffer {
    const first = data.subarray(0, expect);
    this.#rest = data.subarray(first.length);
    const more = Buffer.from([0x61, this.#rest.length > 255 ? 0 : this.#rest.length]);
    return Buffer.concat([first, this.#rest.length > 0 ? more : word('done')]);
  }
}

/** ECDSA over a hash, which OpenSSL's command signs as it is. Node.js hashes once more. */
function ecdsa(key: Issued['privateKey'], hash: Buffer): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-piv-'));
  try {
    writeFileSync(join(folder, 'key'), key.export({ type: 'pkcs8', format: 'pem' }));
    const words = ['pkeyutl', '-sign', '-inkey', join(folder, 'key')];
    return execFileSync('openssl', words, { input: hash });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const word = (name: keyof typeof status): Buffer => Buffer.from(status[name], 'hex');

/** Data and how many octets may come back (ISO/IEC 7816-4 §5.1: short and extended lengths). */
function bodyOf(command: Buffer): { readonly data: Buffer; readonly expected: number } {
  const rest = command.subarray(4);
  if (rest.length <= 1) return { data: Buffer.alloc(0), expected: rest[0] || 256 };
  const isExtended = rest[0] === 0 && rest.length > 3;
  const [from, length] = isExtended ? [3, rest.readUInt16BE(1)] : [1, rest[0]!];
  return { data: rest.subarray(from, from + length), expected: isExtended ? 65_536 : rest[from + length] || 256 };
}

/** The data objects that OpenSC asks for, by tag (SP 800-73-4, part 1, §3 and appendix A). */
function objectsOf(keys: PivKeys): ReadonlyMap<string, Buffer> {
  const certificates = Object.entries(keys).map(([slot, { der }]) => [slot as PivSlot, Buffer.from(der)] as const);
  const empty = Buffer.alloc(0);
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  const guid = createHash('sha256')
    .update(Buffer.concat(certificates.map(([, der]) => der)))
    .digest()
    .subarray(0, 16);
  const agency = bytes('d4e739da739ced39ce739d836858210842108421c84210c3eb');
  const holder = [tlv('30', agency), tlv('34', guid), tlv('35', Buffer.from('20351231')), tlv('3e', empty)];
  const versions = [['f1', '21'], ['f2', '21'], ['f3', ''], ['f4', '00'], ['f5', '10'], ...emptyCapabilities];
  return new Map([
    ['5fc102', tlv('53', ...holder, tlv('fe', empty))],
    ...certificates.map(
      ([slot, der]) =>
        [certificateTags[slot], tlv('53', tlv('70', der), tlv('71', bytes('00')), tlv('fe', empty))] as const,
    ),
    [
      '5fc107',
      tlv(
        '53',
        tlv('f0', bytes(`a000000116ff02${'00'.repeat(14)}`)),
        ...versions.map(([tag, v]) => tlv(tag!, bytes(v!))),
      ),
    ],
    ['7e', tlv('7e', tlv('4f', bytes(application)), tlv('5f2f', bytes('4000')))],
  ]);
}
const emptyCapabilities = ['f6', 'f7', 'fa', 'fb', 'fc', 'fd', 'fe'].map((tag) => [tag, '']);
