import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's python3-cryptography-vectors puts NIST's suite. */
const debian = '/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data';

/** The folder with `certs/`, `crls/` and `pkcs12/`; undefined when it is nowhere. CARDEA_PKITS names another one. */
export function pkitsFolder(): string | undefined {
  const folder = process.env.CARDEA_PKITS ?? debian;
  return existsSync(join(folder, 'certs')) ? folder : undefined;
}

export const howToGetPkits =
  'PKITS IS NOT HERE, 249 cases were not run: `apt-get install python3-cryptography-vectors`, or `apt-get download` it, `dpkg-deb -x` it and name its x509/PKITS_data in CARDEA_PKITS';

/** One case in our own form; expectations follow the PKITS document. */
export interface PkitsCase {
  readonly id: string;
  readonly name: string;
  /** Leaf first, anchor last. */
  readonly certs: readonly string[];
  /** Signers of CRLs that are not on the path. */
  readonly extraCerts: readonly string[];
  readonly crls: readonly string[];
  readonly settings: {
    readonly initialPolicySet: readonly string[];
    readonly initialExplicitPolicy: boolean;
    readonly initialPolicyMappingInhibit: boolean;
    readonly initialInhibitAnyPolicy: boolean;
    readonly time: string;
  };
  readonly expect: { readonly valid: boolean; readonly userConstrainedPolicySet: readonly string[] };
}

export const pkitsCases: readonly PkitsCase[] = JSON.parse(
  readFileSync(new URL('./pkits-cases.json', import.meta.url), 'utf8'),
);
