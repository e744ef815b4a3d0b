import { createPrivateKey, type KeyObject } from 'node:crypto';
import { buildCrl, type CrlEntryInput, type CrlInput } from './crl-builder.ts';
import * as x from './fields/extensions.ts';
import { keyIdentifierOf, type SchemeName } from './fields/keys.ts';
import { type NameInput, nameDer } from './fields/names.ts';
import {
  type AuthorityFacts,
  asIssued,
  base64,
  type CertificateOptions,
  derOfPem,
  type Issued,
  issue,
  keyFrom,
  privateKeyPem,
  type Signer,
  unbase64,
  type Validity,
} from './issued.ts';

/** Shorthand of {@link CertificateOptions} for authorities. */
export interface AuthorityOptions extends CertificateOptions {
  readonly pathLength?: number;
  /** Where this authority's CRLs lie; goes into what it issues. */
  readonly crlUrl?: string;
  readonly deltaCrlUrl?: string;
}

/** What a CRL shall say; see {@link CrlInput}. */
export type CrlOptions = Partial<Omit<CrlInput, 'signature'>> & {
  readonly signWith?: KeyObject;
  readonly scheme?: SchemeName;
  readonly brokenSignature?: boolean;
};

/** Everything needed to open an authority again. Holds the private key: keep it where keys are kept. */
export interface AuthorityState {
  readonly certificate: string;
  readonly privateKey: string;
  /** DER of the subject name, base64. */
  readonly subject: string;
  readonly serial: string;
  readonly subjectKeyIdentifier: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly crlUrl?: string;
  readonly deltaCrlUrl?: string;
}

/** A certification authority small enough for a demo and for tests: it issues whatever it is asked for. */
export class Authority implements Issued {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly serial: bigint;
  readonly chain: readonly Issued[];
  /** DER of the subject name. */
  readonly subject: Uint8Array;
  readonly subjectKeyIdentifier: Uint8Array;
  readonly crlUrl: string | undefined;
  readonly deltaCrlUrl: string | undefined;
  readonly validity: Validity;

  private constructor(asIssued: Issued, facts: AuthorityFacts) {
    this.der = asIssued.der;
    this.pem = asIssued.pem;
    this.privateKey = asIssued.privateKey;
    this.serial = asIssued.serial;
    this.chain = asIssued.chain;
    this.subject = facts.subject;
    this.subjectKeyIdentifier = facts.subjectKeyIdentifier;
    this.crlUrl = facts.crlUrl;
    this.deltaCrlUrl = facts.deltaCrlUrl;
    this.validity = facts.validity;
  }

  /** A self-signed authority. `name` as {@link NameInput}: `Woodgrove Root` or `DC=test,CN=Root`. */
  static root(name: NameInput, validity: Validity, options: AuthorityOptions = {}): Authority {
    const privateKey = keyFrom(options.key);
    const self: Signer = {
      subject: nameDer(name),
      privateKey,
      subjectKeyIdentifier: keyIdentifierOf(privateKey),
      crlUrl: undefined,
      deltaCrlUrl: undefined,
      validity,
      chain: [],
    };
    const settings = { ...authorityDefaults(name, options), key: privateKey };
    return new Authority(
      issue(self, { authorityKeyIdentifier: null, ...settings }),
      factsOf(self.validity, settings, privateKey),
    );
  }

  /** A subordinate authority. */
  issueCa(name: NameInput, options: AuthorityOptions = {}): Authority {
    const privateKey = keyFrom(options.key);
    const settings = { ...authorityDefaults(name, options), key: privateKey };
    return new Authority(issue(this.#signer(), settings), factsOf(this.validity, settings, privateKey));
  }

  /** A person's card: digitalSignature, clientAuth and smart card logon. The subject is the name in it. */
  issueUserCertificate(options: CertificateOptions = {}): Issued {
    const subject = options.subject ?? `CN=${options.upn ?? options.email ?? 'card'}`;
    return this.issue({
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: [x.keyPurposes.clientAuth, x.keyPurposes.smartCardLogon],
      ...options,
      subject,
    });
  }

  /** Any certificate; only key identifiers and distribution points are added. */
  issue(options: CertificateOptions): Issued {
    return issue(this.#signer(), options);
  }

  /** A complete CRL: number 1, nothing revoked, valid as long as the authority, unless said otherwise. DER. */
  crl(options: CrlOptions = {}): Uint8Array {
    const { signWith, scheme, brokenSignature, ...crl } = options;
    return buildCrl({
      issuer: this.subject,
      thisUpdate: this.validity.notBefore,
      nextUpdate: this.validity.notAfter,
      entries: [],
      number: 1n,
      authorityKeyIdentifier: { keyIdentifier: this.subjectKeyIdentifier },
      ...crl,
      signature: { key: signWith ?? this.privateKey, scheme, broken: brokenSignature },
    });
  }

  /** A delta CRL: number 2 on base 1 unless said otherwise. DER. */
  deltaCrl(options: CrlOptions = {}): Uint8Array {
    return this.crl({ number: 2n, baseNumber: 1n, ...options });
  }

  /** An entry for one of this authority's certificates. */
  revoke(certificate: Issued, entry: Partial<CrlEntryInput> = {}): CrlEntryInput {
    return { serial: certificate.serial, revocationDate: this.validity.notBefore, ...entry };
  }

  /** For {@link Authority.open}. */
  state(): AuthorityState {
    return {
      certificate: this.pem,
      privateKey: this.privateKeyPem,
      subject: base64(this.subject),
      serial: this.serial.toString(),
      subjectKeyIdentifier: base64(this.subjectKeyIdentifier),
      notBefore: this.validity.notBefore.toISOString(),
      notAfter: this.validity.notAfter.toISOString(),
      ...(this.crlUrl === undefined ? {} : { crlUrl: this.crlUrl }),
      ...(this.deltaCrlUrl === undefined ? {} : { deltaCrlUrl: this.deltaCrlUrl }),
    };
  }

  /** The authority that {@link state} described; `chain` is what stands above it. */
  static open(state: AuthorityState, chain: readonly Issued[] = []): Authority {
    const privateKey = createPrivateKey(state.privateKey);
    const der = derOfPem(state.certificate);
    return new Authority(asIssued(der, privateKey, BigInt(state.serial), chain), {
      subject: unbase64(state.subject),
      subjectKeyIdentifier: unbase64(state.subjectKeyIdentifier),
      crlUrl: state.crlUrl,
      deltaCrlUrl: state.deltaCrlUrl,
      validity: { notBefore: new Date(state.notBefore), notAfter: new Date(state.notAfter) },
    });
  }

  get privateKeyPem(): string {
    return privateKeyPem(this.privateKey);
  }

  #signer(): Signer {
    return { ...this, privateKey: this.privateKey, chain: [this, ...this.chain] };
  }
}

function authorityDefaults(name: NameInput, options: AuthorityOptions): AuthorityOptions {
  return {
    subject: name,
    basicConstraints: { cA: true, pathLength: options.pathLength },
    keyUsage: ['keyCertSign', 'cRLSign'],
    ...options,
  };
}

function factsOf(parentValidity: Validity, settings: AuthorityOptions, key: KeyObject): AuthorityFacts {
  return {
    subject: nameDer(settings.subject ?? ''),
    subjectKeyIdentifier: settings.subjectKeyIdentifier ?? keyIdentifierOf(key),
    crlUrl: settings.crlUrl,
    deltaCrlUrl: settings.deltaCrlUrl,
    validity: {
      notBefore: settings.notBefore ?? parentValidity.notBefore,
      notAfter: settings.notAfter ?? parentValidity.notAfter,
    },
  };
}
