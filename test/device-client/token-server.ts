import { createPublicKey, type KeyObject, randomBytes, randomUUID, verify, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeBase64 } from '#core/device/jose/base64.ts';
import { type CompactJws, certificatesInHeader, readCompactJws } from '#core/device/jose/compact-jws.ts';
import { type AnswerForm, answerIvLength, encryptAnswer } from '#core/device/jose/encrypted-answer.ts';
import { deriveKey, isSignedWithKey, wrapSessionKey } from '#core/device/session-key.ts';

/** What the server answers with, in place of what a good one would. */
export interface Behaviour {
  /** How answers to requests under the session key are encrypted. */
  readonly form?: AnswerForm | 'plain';
  /** The session key is for this key in place of the transport key of the device. */
  readonly transportKey?: KeyObject;
  /** A renewal makes a new session key. */
  readonly rollsKey?: boolean;
  /** Answers of this grant, as they stand. */
  readonly answers?: Readonly<Record<string, { readonly status: number; readonly body: string }>>;
}

/** A request as the server understood it. */
export interface ReceivedRequest {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
  /** The assertion within, verified with the key of its certificate. */
  readonly assertion?: CompactJws;
}

export const objectId = '22222222-2222-3333-4444-555555555555';

/**
 * A token endpoint of another vendor: it checks every signature by the specification's own rules, and answers in the ways
 * in which servers of this protocol differ, or as a faulty one would.
 */
export class TokenServer {
  readonly requests: ReceivedRequest[] = [];
  readonly sessionKey = randomBytes(32);
  readonly nonces = new Set<string>();
  newSessionKey: Buffer | undefined;
  behaviour: Behaviour = {};
  readonly #transportKey: KeyObject;
  readonly #server = createServer((request, response) => {
    this.#answer(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (problem: Error) => response.writeHead(400).end(JSON.stringify(refusal('invalid_grant', problem.message))),
    );
  });

  constructor(transportKey: KeyObject) {
    this.#transportKey = createPublicKey(transportKey);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage) {
    const path = request.url ?? '';
    if (path.includes('openid-configuration'))
      return ok({ issuer: 'https://sts.example/t/', capabilities: ['kdf_ver2'] });
    const form = Object.fromEntries(new URLSearchParams(await textOf(request)));
    const fixedAnswer = this.behaviour.answers?.[form.grant_type ?? ''];
    if (fixedAnswer) return fixedAnswer;
    if (form.grant_type === 'srv_challenge') return ok({ Nonce: this.#nonce() });
    const jws = read(form.request ?? '');
    const isDevice = 'x5c' in jws.header;
    if (isDevice) verifyWithCertificate(jws);
    else this.#verifyWithSession(jws);
    if (!this.nonces.has(String(jws.payload.request_nonce)))
      throw new Error('AADSTS140000: the nonce is not one of ours.');
    const { assertion } = jws.payload;
    const inner = typeof assertion === 'string' ? read(assertion) : undefined;
    if (inner) verifyWithCertificate(inner);
    this.requests.push({
      path,
      form,
      payload: jws.payload,
      header: jws.header,
      ...(inner ? { assertion: inner } : {}),
    });
    return isDevice ? ok({ ...tokens(), session_key_jwe: this.#wrapped(this.sessionKey) }) : this.#encrypted();
  }

  #nonce(): string {
    const nonce = randomUUID();
    this.nonces.add(nonce);
    return nonce;
  }

  #verifyWithSession({ header, payloadOctets, signingInput, signature }: CompactJws): void {
    const context = decodeBase64(String(header.ctx))!;
    const key = deriveKey(this.sessionKey, context, header.kdf_ver === 2 ? 2 : 1, payloadOctets);
    if (!isSignedWithKey(key, signingInput, signature)) throw new Error('AADSTS140001: the session key is invalid.');
  }

  #wrapped(key: Uint8Array): string {
    return wrapSessionKey(key, this.behaviour.transportKey ?? this.#transportKey, randomBytes(12));
  }

  #encrypted() {
    const { form = 'B', rollsKey } = this.behaviour;
    if (rollsKey) this.newSessionKey = randomBytes(32);
    const newKeyPart = this.newSessionKey ? { session_key_jwe: this.#wrapped(this.newSessionKey) } : {};
    const answer = { ...tokens(), access_token: 'header.payload.signature', ...newKeyPart };
    if (form === 'plain') return ok(answer);
    const iv = randomBytes(answerIvLength[form]);
    const use = { sessionKey: this.sessionKey, context: randomBytes(24), iv };
    return { status: 200, body: encryptAnswer(JSON.stringify(answer), form, use) };
  }
}

const ok = (body: object) => ({ status: 200, body: JSON.stringify(body) });
export const refusal = (error: string, description: string) => ({
  error,
  error_description: `${description}\r\nTrace ID: 0\r\nCorrelation ID: 1`,
  correlation_id: '1',
});

const jwt = (claims: object): string =>
  `${[{ typ: 'JWT', alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

const tokens = () => ({
  token_type: 'Bearer',
  expires_in: '1209599',
  refresh_token: `0.AB.${randomUUID()}`,
  refresh_token_expires_in: 1_209_599,
  id_token: jwt({ upn: 'ana.entra@woodgrove.example', oid: objectId, amr: ['rsa', 'mfa'] }),
});

function read(text: string): CompactJws {
  const ruling = readCompactJws(text);
  if (ruling.outcome !== 'passed') throw new Error(`AADSTS9002313: ${text.slice(0, 20)} is not a JWS.`);
  return ruling.value;
}

/** RFC 7515 §5.2 with the key of the first certificate. */
function verifyWithCertificate(jws: CompactJws): void {
  const certificates = certificatesInHeader(jws);
  if (certificates.outcome !== 'passed') throw new Error('AADSTS50155: there is no certificate.');
  const key = new X509Certificate(certificates.value[0]!).publicKey;
  const hash = jws.header.alg === 'ES384' ? 'sha384' : 'sha256';
  if (!verify(hash, jws.signingInput, { key, dsaEncoding: 'ieee-p1363' }, jws.signature))
    throw new Error('AADSTS50155: the signature is wrong.');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
