import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { boundedCache } from '#net/bounded-cache.ts';
import { normalHost } from './client-hello.ts';

/** PEM of the server's certificate and its key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What TLS contexts are made of. */
interface ContextOptions {
  readonly certificate: TlsFiles;
  readonly minimumTls?: MinimumTls;
  /** CA certificates (PEM) whose names a certauth host puts into its CertificateRequest (HINT-2); undefined names none. */
  hintsFor(certauthHost: string): Promise<readonly string[] | undefined>;
}

/**
 * No resumption in any form: a ticket or a session id of one tenant's host would be taken by another's, and a resumed
 * connection replays an old certificate. Tickets off on the server and on every context; ids never stored. A handshake is
 * not renegotiated either: one connection shows one certificate.
 */
export const unresumable = {
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  sessionTimeout: 1,
} as const;

/** TLS 1.3, and of TLS 1.2 only suites with forward secrecy and an AEAD: no CBC, no SHA-1 (RFC 9325 §4.2). */
export const versionsFrom = (minVersion: MinimumTls = 'TLSv1.2') => ({
  minVersion,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    ...['ECDSA', 'RSA'].flatMap((key) =>
      ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((rest) => `ECDHE-${key}-${rest}`),
    ),
  ].join(':'),
});
export type MinimumTls = 'TLSv1.2' | 'TLSv1.3';

/** One TLS context a set of hints: the server's certificate, and for certauth hosts the CA names to ask for. */
export class Contexts {
  readonly #options: ContextOptions;
  #files: TlsFiles;
  /** As many as there are tenants with hints, within a bound. */
  readonly #contexts = boundedCache<SecureContext>(1000);

  constructor(options: ContextOptions) {
    this.#options = options;
    this.#files = options.certificate;
  }

  replace(files: TlsFiles): void {
    createSecureContext(files); // throws before anything changes
    this.#files = files;
    this.#contexts.clear();
  }

  async of(name: string, asksForCertificate: boolean): Promise<SecureContext> {
    const host = normalHost(name);
    const hints = asksForCertificate && host ? await this.#options.hintsFor(host) : undefined;
    const key = hints?.join('') ?? '';
    const cachedContext = this.#contexts.get(key);
    if (cachedContext) return cachedContext;
    const context = createSecureContext({
      ...this.#files,
      ...unresumable,
      ...versionsFrom(this.#options.minimumTls),
      ...(hints?.length ? { ca: [...hints] } : {}),
    });
    this.#contexts.set(key, context);
    return context;
  }
}
