import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';
import { passFor } from './conditional-access.ts';

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
}

const flags = { present: 0x01, verified: 0x04, hasCredential: 0x40 };

/** A passkey whose key is in memory: what an authenticator and a browser do together (WebAuthn Level 3 §6.1, §6.5.4). */
export class SoftwarePasskey {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(32);
  readonly origin: string;
  readonly rpId: string;
  userHandle = '';
  counter = 0;

  constructor(origin: string) {
    this.origin = origin;
    this.rpId = new URL(origin).hostname;
  }

  get id(): string {
    return this.#id.toString('base64url');
  }

  /** The answer to `navigator.credentials.create()`, without an attestation. */
  create({ challenge, user }: CreationOptions): object {
    this.userHandle = user.id;
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' });
    const coordinate = (text: string | undefined) => Buffer.from(text!, 'base64url');
    // COSE_Key of ES256, in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    const key = [
      Buffer.from('a5010203262001215820', 'hex'),
      coordinate(x),
      Buffer.from('225820', 'hex'),
      coordinate(y),
    ];
    const length = Buffer.from([0, this.#id.length]);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, ...key]);
    const data = Buffer.concat([this.#data(flags.present | flags.verified | flags.hasCredential), credential]);
    // {"fmt": "none", "attStmt": {}, "authData": data}
    const parts = [
      'a363',
      hexOf('fmt'),
      '64',
      hexOf('none'),
      '67',
      hexOf('attStmt'),
      'a0',
      '68',
      hexOf('authData'),
      '58',
    ];
    const attestationObject = Buffer.concat([Buffer.from(parts.join(''), 'hex'), Buffer.from([data.length]), data]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#clientData('webauthn.create', challenge).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['usb'],
      },
    };
  }

  /** The answer to `navigator.credentials.get()`, its parts side by side. @param challenge base64url */
  get(challenge: string, { isVerified = true, origin = this.origin } = {}) {
    this.counter += 1;
    const data = this.#data(isVerified ? flags.present | flags.verified : flags.present);
    const clientData = this.#clientData('webauthn.get', challenge, origin);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#keys.privateKey);
    return {
      id: this.id,
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: this.userHandle,
    };
  }

  #data(bits: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(this.rpId), Buffer.from([bits]), counter]);
  }

  #clientData(type: string, challenge: string, origin = this.origin): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }
}

/** Registers a passkey for a user on the pages, after a Temporary Access Pass. */
export async function passkeyOf(server: RunningServer, username: string): Promise<SoftwarePasskey> {
  const pass = await passFor(server, username);
  const person = new Sitting(server);
  await person.goTo(`${server.origin}/security-info`);
  await person.fill({ username });
  await person.follow('/methods');
  await person.follow('/factor/temporaryAccessPass');
  await person.fill({ pass });
  const page = await person.follow('/security-info/passkey');
  const options = /data-options="([^"]*)"/.exec(page.body)![1]!.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const passkey = new SoftwarePasskey(server.origin);
  const credential = passkey.create(JSON.parse(options) as CreationOptions);
  const answer = await person.fill({ credential: JSON.stringify(credential), name: 'Blue key' });
  if (!answer.body.includes('Blue key')) throw new Error(answer.body);
  return passkey;
}

const sha256 = (octets: string | Uint8Array): Buffer => createHash('sha256').update(octets).digest();
const hexOf = (text: string): string => Buffer.from(text).toString('hex');
