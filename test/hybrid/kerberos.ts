import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derOf } from '#core/asn1/write-der.ts';
import { contextConstructed, integer, sequence } from '#pki/build/der-writer.ts';
import { dnsName, otherName } from '#pki/build/fields/general-names.ts';
import type { Issued } from '#pki/build/issued.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { type SambaDc, sambaMissing } from '../sync/samba.ts';

const packages = {
  'krb5-user': ['/usr/bin/kinit'],
  'krb5-pkinit': ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/krb5/plugins/preauth/pkinit.so`),
  softhsm2: ['/usr/bin/softhsm2-util'],
  opensc: ['/usr/bin/pkcs11-tool'],
};

/** Why no card can log on to a domain here; false where one can. */
export function cannotLogOn(): string | false {
  const absent = Object.entries(packages).filter(([, files]) => !files.some((file) => existsSync(file)));
  if (absent.length > 0) return `not installed: apt-get install ${absent.map(([name]) => name).join(' ')}`;
  return sambaMissing();
}

const generalString = (text: string) => derOf(0x1b, Buffer.from(text, 'ascii'));

/** KRB5PrincipalName of the ticket-granting service (RFC 4556 §3.2.2). */
function ticketService(realm: string): Uint8Array {
  const name = sequence(
    contextConstructed(0, integer(2)),
    contextConstructed(1, sequence(generalString('krbtgt'), generalString(realm))),
  );
  return sequence(contextConstructed(0, generalString(realm)), contextConstructed(1, name));
}

/** Configuration of PKINIT for both sides: the certificate of the KDC, and whom it trusts. */
export class Kerberos {
  readonly folder = mkdtempSync(join(tmpdir(), 'cardea-kerberos-'));
  readonly realm: string;
  readonly #domain: string;

  /** `people` are the authorities of cards, the root first. */
  constructor(domain: string, people: readonly Pick<Issued, 'pem'>[]) {
    this.#domain = domain;
    this.realm = domain.toUpperCase();
    const authority = testCa('CN=Domain controllers');
    const kdc = authority.issue({
      subject: `CN=dc1.${domain}`,
      key: 'RSA-2048',
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: ['1.3.6.1.5.2.3.5', '1.3.6.1.5.5.7.3.1'],
      names: [otherName('1.3.6.1.5.2.2', ticketService(this.realm)), dnsName(`dc1.${domain}`)],
    });
    const files = {
      'kdc.pem': kdc.pem,
      'kdc.key': kdc.privateKeyPem,
      'domain.pem': authority.pem,
      'people.pem': people.map(({ pem }) => pem).join(''),
      'kdc.conf': `[kdc]
 enable-pkinit = yes
 pkinit_identity = FILE:${this.#file('kdc.pem')},${this.#file('kdc.key')}
 pkinit_anchors = FILE:${this.#file('people.pem')}
 pkinit_pool = FILE:${this.#file('people.pem')}
 pkinit_principal_in_certificate = yes
 pkinit_win2k = no
`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(this.#file(name), text, { mode: 0o600 });
    mkdirSync(this.#file('caches'));
  }

  /** Environment of the domain controller. */
  get ofController(): NodeJS.ProcessEnv {
    return { KRB5_CONFIG: this.#file('kdc.conf') };
  }

  /** Environment of a computer in the domain. */
  ofComputer({ address }: SambaDc): NodeJS.ProcessEnv {
    const configuration = `[libdefaults]
 default_realm = ${this.realm}
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 ${this.realm} = {
  kdc = ${address}:88
  pkinit_anchors = FILE:${this.#file('domain.pem')}
  pkinit_anchors = FILE:${this.#file('people.pem')}
  pkinit_kdc_hostname = dc1.${this.#domain}
 }
`;
    writeFileSync(this.#file('krb5.conf'), configuration);
    return { KRB5_CONFIG: this.#file('krb5.conf'), KRB5CCNAME: `FILE:${this.#file('caches/tickets')}` };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.folder, name);
  }
}
