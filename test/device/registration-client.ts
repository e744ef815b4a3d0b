import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { request } from 'node:https';
import { transportKeyBlob } from '#core/device/transport-key.ts';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import type { RunningServer } from '#test/e2e/server.ts';
import { certificateRequest } from './certificate-request.ts';
import { rsaKey } from './rsa-keys.ts';

export interface RegistrationAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brought
  readonly body: any;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface SendOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Host name of the handshake and of the request. */
  readonly host?: string;
  /** TLS client certificate. */
  readonly card?: { readonly cert: string; readonly key: string };
  readonly text?: string;
}

export const registrationHost = 'enterpriseregistration.localhost';
export const registrationScope = 'urn:ms-drs:enterpriseregistration.windows.net/.default';

/** One request to the device registration service of a running server. */
export function send(
  server: Pick<RunningServer, 'port' | 'trust'>,
  method: string,
  path: string,
  body?: unknown,
  { token, headers = {}, host = registrationHost, card, text }: SendOptions = {},
): Promise<RegistrationAnswer> {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const query = request(
      {
        host: '127.0.0.1',
        port: server.port,
        servername: host,
        ca: server.trust,
        method,
        path,
        agent: false,
        ...card,
        headers: {
          host: `${host}:${server.port}`,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(payload === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answerText = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? JSON.parse(answerText) : answerText,
            headers: response.headers,
          });
        });
      },
    );
    query.on('error', reject);
    query.end(payload);
  });
}

/** A demo person's token for the device registration service, by a whole sign-in with their card. */
export async function registrationToken(
  server: RunningServer,
  name: string,
  scope = registrationScope,
): Promise<string> {
  const end = await server.signIn(`${name}@woodgrove.test`, server.card(name), {
    clientId: brokerAppId,
    redirectUri: 'ms-aadj-redir://auth/drs',
    scope,
  });
  assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  return end.kind === 'signedIn' ? String(end.tokens.access_token) : '';
}

export interface DeviceKeys {
  readonly device: KeyObject;
  readonly transport: KeyObject;
}
export const newKeys = (): DeviceKeys => ({ device: rsaKey(), transport: rsaKey() });

/** The body of a join; a test states only what it is about. */
export function joinBody({ device, transport }: DeviceKeys, more: object = {}): Record<string, unknown> {
  return {
    CertificateRequest: { Type: 'pkcs10', Data: certificateRequest(device) },
    TransportKey: blobOf(transport),
    TargetDomain: 'woodgrove.test',
    DeviceType: 'Windows',
    OSVersion: '10.0.22631.1',
    DeviceDisplayName: 'Laptop one',
    JoinType: 0,
    AikCertificate: '',
    AttestationData: '',
    Attributes: { ReuseDevice: 'true', ReturnClientSid: 'true', SharedDevice: 'false' },
    ...more,
  };
}

export const blobOf = (key: KeyObject): string => Buffer.from(transportKeyBlob(key)).toString('base64');

/** The device certificate of an answer, for TLS. */
export function deviceCard(
  answer: RegistrationAnswer,
  key: KeyObject,
): { readonly cert: string; readonly key: string } {
  const der = Buffer.from(answer.body.Certificate.RawBody as string, 'base64');
  return { cert: pem('CERTIFICATE', der), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
