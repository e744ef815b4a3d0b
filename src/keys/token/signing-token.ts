import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { ModuleConnection } from './connection.ts';
import { type Attributes, type Mechanism, Request } from './message.ts';
import { isPinRefusal, type PinAttempts } from './pin-attempts.ts';

/** Which token has the signing keys. */
export interface TokenSettings {
  /** Path of the PKCS #11 module. */
  readonly module: string;
  /** Label of the token. */
  readonly label: string;
  /** Read once, when the token is opened. */
  pin(): string;
  readonly pinAttempts: PinAttempts;
}

/** A PKCS #11 token that makes keys and signs with them. A private key never leaves it. */
export interface SigningToken {
  /** Opens the token and proves the PIN. @throws signingTokenUnavailable */
  open(): Promise<void>;
  /** Makes a pair of keys under a label. @returns the public half, as members of a JWK @throws signingTokenUnavailable */
  generate(alg: SigningKey['alg'], label: string): Promise<Readonly<Record<string, string>>>;
  /** Whether it has the private key of this label. @throws signingTokenUnavailable */
  has(label: string): Promise<boolean>;
  /** A signature as JWS has it (RFC 7518 §3). @throws signingTokenUnavailable */
  sign(alg: SigningKey['alg'], label: string, data: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

const [publicKeyClass, privateKeyClass] = [2, 3];
const [rsa, ec] = [0, 3];
/** DER of the object identifier of P-256. */
const p256 = Buffer.from('06082a8648ce3d030107', 'hex');
const [serialSession, readWriteSession] = [4, 2];
const userOfToken = 1;
/** Octets of the longest attribute that is read: the modulus of RSA with 8192 bits. */
const attributeSpace = 1024;

const schemes: Readonly<Record<SigningKey['alg'], { readonly mechanism: Mechanism; readonly isHashed: boolean }>> = {
  RS256: { mechanism: 'CKM_SHA256_RSA_PKCS', isHashed: false },
  PS256: { mechanism: 'CKM_RSA_PKCS_PSS', isHashed: true },
  // Not every token hashes for ECDSA.
  ES256: { mechanism: 'CKM_ECDSA', isHashed: true },
};

/** One login on the token. It ends with the connection. */
interface Login {
  readonly connection: ModuleConnection;
  readonly session: number;
  /** Handles of private keys by label. */
  readonly keys: Map<string, number>;
}

/** A token of the settings, opened on first use, and again after its helper has ended. */
export function openSigningToken(settings: TokenSettings): SigningToken {
  let login: Promise<Login> | undefined;
  let finalProblem: Error | undefined;
  const current = async (): Promise<Login> => {
    if (finalProblem) throw finalProblem;
    if (login && (await login.catch(() => undefined))?.connection.isClosed !== false) login = undefined;
    login ??= logIn(settings);
    return login;
  };
  /** One attempt again after the helper has ended: the token may have been away for a moment. */
  const use = async <T>(work: (login: Login) => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work(await current());
      } catch (problem) {
        if (problem instanceof CardeaError) throw problem;
        const connection = (await login?.catch(() => undefined))?.connection;
        if (isPinRefusal(problem)) finalProblem = problem;
        else connection?.close(); // a session that a removed token took with it is opened again
        if (attempt === 0 && connection && finalProblem === undefined) continue;
        throw fault('signingTokenUnavailable', { token: settings.label, problem: (problem as Error).message }, problem);
      }
    }
  };
  return {
    open: () => use(async () => undefined),
    generate: (alg, label) => use((opened) => generate(opened, alg, label)),
    has: (label) => use(async (opened) => (await find(opened, privateKeyOf(label))) !== undefined),
    sign: (alg, label, data) =>
      use(async (opened) => {
        const key = await handleOf(opened, label);
        if (key === undefined) throw new Error(`it has no private key ${label}`);
        return sign(opened, { key, alg }, data);
      }),
    close: () => void login?.then(({ connection }) => connection.close()).catch(() => undefined),
  };
}

/** Whether the module has the token. No PIN is used: three wrong ones lock many tokens. @throws signingTokenUnavailable */
export async function findSigningToken({ module, label }: Pick<TokenSettings, 'module' | 'label'>): Promise<void> {
  try {
    const { connection } = await slotIn(module, label);
    connection.close();
  } catch (problem) {
    throw fault('signingTokenUnavailable', { token: label, problem: (problem as Error).message }, problem);
  }
}

/** The helper process does not say what is wrong with the file of a module. */
function checkModule(module: string): void {
  try {
    accessSync(module, constants.R_OK);
  } catch (problem) {
    throw new Error(`${module} cannot be read: ${fileProblemText((problem as Error).message)}`, { cause: problem });
  }
}

/** The slot of a token, on a new connection to its module. */
async function slotIn(module: string, label: string) {
  if (isAbsolute(module)) checkModule(module);
  const connection = new ModuleConnection(module);
  try {
    await connection.call('C_Initialize', ModuleConnection.initializeRequest(new Request('C_Initialize')));
    return { connection, slot: await slotOf(connection, label) };
  } catch (problem) {
    connection.close();
    throw problem;
  }
}

async function logIn({ module, label, pin, pinAttempts }: TokenSettings): Promise<Login> {
  const { connection, slot } = await slotIn(module, label);
  try {
    const opening = new Request('C_OpenSession').number(slot).number(serialSession | readWriteSession);
    const session = (await connection.call('C_OpenSession', opening)).number();
    const text = pin();
    const request = new Request('C_Login').number(session).number(userOfToken).octets(Buffer.from(text));
    await pinAttempts.run(`${label} ${text}`, () => connection.call('C_Login', request));
    return { connection, session, keys: new Map() };
  } catch (problem) {
    connection.close();
    throw problem;
  }
}

/** @throws Error where no token has the label, and where two do: the numbers of slots change, so that the next start could find the other one */
async function slotOf(connection: ModuleConnection, label: string): Promise<number> {
  const list = await connection.call('C_GetSlotList', new Request('C_GetSlotList').byte(1).space(256));
  const labels: string[] = [];
  /** By serial number: a token can be in two slots. */
  const slots = new Map<string, number>();
  for (const slot of list.numbers()) {
    const info = await connection.call('C_GetTokenInfo', new Request('C_GetTokenInfo').number(slot));
    const [tokenLabel = '', manufacturer, model, serial] = Array.from({ length: 4 }, () => info.text());
    if (tokenLabel !== label) labels.push(tokenLabel);
    else {
      const token = `${manufacturer} ${model} ${serial}`;
      if (!slots.has(token)) slots.set(token, slot);
    }
  }
  const [slot] = slots.values();
  const tokens = [...slots.keys()].join(', ');
  if (slots.size > 1)
    throw new Error(`the module has ${slots.size} tokens of this label (${tokens}), which need different ones`);
  if (slot !== undefined) return slot;
  const otherLabels = labels.filter((text) => text !== '').join(', ');
  throw new Error(`the module has no token of this label${otherLabels === '' ? '' : `, only ${otherLabels}`}`);
}

const privateKeyOf = (label: string): Attributes => ({
  CKA_CLASS: privateKeyClass,
  CKA_LABEL: Buffer.from(label),
});

async function handleOf(login: Login, label: string): Promise<number | undefined> {
  const { keys } = login;
  const handle = keys.get(label) ?? (await find(login, privateKeyOf(label)));
  if (handle !== undefined) keys.set(label, handle);
  return handle;
}

/** The three calls of a search are made at once, so that no other one comes between them. */
async function find({ connection, session }: Login, template: Attributes): Promise<number | undefined> {
  const [, tokenLabel] = await Promise.all([
    connection.call('C_FindObjectsInit', new Request('C_FindObjectsInit').number(session).template(template)),
    connection.call('C_FindObjects', new Request('C_FindObjects').number(session).space(1)),
    connection.call('C_FindObjectsFinal', new Request('C_FindObjectsFinal').number(session)),
  ]);
  return tokenLabel.numbers()[0];
}

async function sign(
  { connection, session }: Login,
  { key, alg }: { readonly key: number; readonly alg: SigningKey['alg'] },
  data: Uint8Array,
): Promise<Uint8Array> {
  const { mechanism, isHashed } = schemes[alg];
  const input = isHashed ? createHash('sha256').update(data).digest() : data;
  const [, answer] = await Promise.all([
    connection.call('C_SignInit', new Request('C_SignInit').number(session).mechanism(mechanism).number(key)),
    connection.call('C_Sign', new Request('C_Sign').number(session).octets(input).space(attributeSpace)),
  ]);
  return answer.octets();
}

async function generate(
  { connection, session }: Login,
  alg: SigningKey['alg'],
  label: string,
): Promise<Readonly<Record<string, string>>> {
  const isEc = alg === 'ES256';
  const common = { CKA_TOKEN: true, CKA_LABEL: Buffer.from(label), CKA_ID: Buffer.from(label) };
  const ofPublic: Attributes = isEc
    ? { CKA_KEY_TYPE: ec, CKA_EC_PARAMS: p256 }
    : { CKA_KEY_TYPE: rsa, CKA_MODULUS_BITS: 2048, CKA_PUBLIC_EXPONENT: Buffer.of(1, 0, 1) };
  const request = new Request('C_GenerateKeyPair')
    .number(session)
    .mechanism(isEc ? 'CKM_EC_KEY_PAIR_GEN' : 'CKM_RSA_PKCS_KEY_PAIR_GEN')
    .template({ CKA_CLASS: publicKeyClass, ...common, CKA_VERIFY: true, ...ofPublic })
    .template({
      CKA_CLASS: privateKeyClass,
      ...common,
      CKA_KEY_TYPE: isEc ? ec : rsa,
      CKA_PRIVATE: true,
      CKA_SENSITIVE: true,
      CKA_EXTRACTABLE: false,
      CKA_SIGN: true,
    });
  const publicKey = (await connection.call('C_GenerateKeyPair', request)).number();
  const names = isEc ? (['CKA_EC_POINT'] as const) : (['CKA_MODULUS', 'CKA_PUBLIC_EXPONENT'] as const);
  const reading = new Request('C_GetAttributeValue')
    .number(session)
    .number(publicKey)
    .attributeSpace(names, attributeSpace);
  const values = (await connection.call('C_GetAttributeValue', reading)).attributeOctets();
  const [first, second] = values.map((octets) => Buffer.from(octets));
  if (!isEc) return { kty: 'RSA', n: unsigned(first!), e: unsigned(second!) };
  const point = first!.subarray(-64); // an OCTET STRING of 04, x and y
  return {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(0, 32).toString('base64url'),
    y: point.subarray(32).toString('base64url'),
  };
}

/** Base64url without octets of zero before the number (RFC 7518 §6.3.1.1). */
function unsigned(octets: Buffer): string {
  const begin = octets.findIndex((octet) => octet !== 0);
  return octets.subarray(Math.max(0, begin)).toString('base64url');
}
