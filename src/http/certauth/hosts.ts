import { randomBytes, X509Certificate } from 'node:crypto';

/** Which certauth host the next handshake shall be on. */
export interface NextHost {
  readonly tenantId: string;
  /** The tenant names its CAs in the handshake, so the host must name the tenant (HINT-6, D-1). */
  readonly hinted: boolean;
}

export interface CertauthHosts {
  /**
   * An origin of its own for every attempt, below the fixed one, where the server's certificate has a wildcard for it;
   * else the fixed one. No browser has ever answered it, so every attempt asks which certificate (PAGE-6, PAGE-11).
   */
  originFor(next: NextHost): string;
  /** The tenant a host name names. */
  tenantIn(host: string): string | undefined;
}

/** `{random}.certauth…` for one attempt, `t{tenantId}-{random}.certauth…` when the tenant names its CAs. */
export function certauthHosts(certauthOrigin: string, serverCertificate: string): CertauthHosts {
  const { hostname, host } = new URL(certauthOrigin);
  const hasWildcard = new X509Certificate(serverCertificate).checkHost(`probe.${hostname}`) !== undefined;
  return {
    originFor({ tenantId, hinted }) {
      const attempt = randomBytes(6).toString('hex');
      return hasWildcard ? `https://${hinted ? `t${tenantId}-` : ''}${attempt}.${host}` : certauthOrigin;
    },
    tenantIn(name) {
      const label = name.endsWith(`.${hostname}`) ? name.slice(0, -hostname.length - 1) : '';
      return /^t([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:-[0-9a-f]+)?$/.exec(label)?.[1];
    },
  };
}
