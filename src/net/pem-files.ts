import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** What keeps a file from being used, in words that follow "it cannot be used:". */
export interface PemProblem {
  readonly file: 'certificate' | 'key';
  readonly problem: string;
  readonly cause: unknown;
}

/**
 * What keeps a certificate with its chain and a key from being used for TLS; undefined: they can be. The key must be that of the
 * certificate: OpenSSL accepts one of another type beside it, and an empty certificate, and every handshake would fail.
 */
export function pairProblem({ cert, key }: { readonly cert: string; readonly key: string }): PemProblem | undefined {
  const checks = [
    ['certificate', 'it has no certificate in PEM form', () => new X509Certificate(cert)],
    ['certificate', 'a certificate of its chain is damaged', () => createSecureContext({ cert })],
    ['key', 'it has no private key in PEM form without a password', () => createPrivateKey(key)],
    [
      'key',
      'it has the key of another certificate than the first one of the certificate file',
      () => {
        if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('key values mismatch');
        createSecureContext({ cert, key });
      },
    ],
  ] as const;
  for (const [file, problem, check] of checks)
    try {
      check();
    } catch (cause) {
      return { file, problem: isTooWeak(cause) ? weakProblem : problem, cause };
    }
  return undefined;
}

const weakProblem = 'a key or signature of its chain is weaker than TLS accepts (at least RSA 2048 and SHA-256)';

/** The security level of OpenSSL refuses it; the file itself is well-formed. */
const isTooWeak = (cause: unknown): boolean =>
  /_(?:KEY_TOO_SMALL|MD_TOO_WEAK)$/.test((cause as NodeJS.ErrnoException).code ?? '');

/** What keeps a text from being used as CA certificates in PEM form; undefined: it can be. TLS would leave damaged ones out. */
export function authoritiesProblem(pem: string): string | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*(?:-----END CERTIFICATE-----)?/g) ?? [];
  if (blocks.length === 0) return 'it has no certificate in PEM form';
  const damaged = blocks.findIndex((block) => !isCertificate(block));
  return damaged === -1 ? undefined : `certificate ${damaged + 1} in it is damaged`;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
