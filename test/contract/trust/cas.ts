import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { Code } from '#core/trace/reasons.ts';
import type { Authority } from '#pki/build/authority.ts';
import { uri } from '#pki/build/fields/general-names.ts';
import { bundleOf as bundleOfDer } from '#test/pki/bundle.ts';
import { testCa } from '#test/pki/test-ca.ts';

export const actor = 'an actor';
export const day = 24 * 3600 * 1000;
export const list = 'http://crl.woodgrove.test/root.crl';
export const root = testCa('C=US,O=Woodgrove,CN=Root');
export const issuing = root.issueCa('C=US,O=Woodgrove,CN=Issuing', {
  crlDistributionPoints: [{ fullName: [uri('ldap://x/y'), uri('http://crl.woodgrove.test/root.crl')] }],
});
export const otherItem = testCa('CN=Other');
export const card = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });

/** CAs that no path could use: each is refused wherever a CA is uploaded. */
export const unusable: readonly { name: string; ca: Authority; code: Code }[] = [
  {
    name: 'a root that may not sign certificates',
    ca: testCa('CN=CRLs only', { keyUsage: ['cRLSign'] }),
    code: 'authorityKeyUsageForbids',
  },
  ...[3, 17].map((publicExponent) => ({
    name: `a root with the RSA exponent ${publicExponent}`,
    ca: testCa(`CN=e${publicExponent}`, {
      key: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent }).privateKey,
    }),
    code: 'authorityKeyUnsound' as const,
  })),
  {
    name: 'an intermediate with the RSA exponent 3',
    ca: root.issueCa('CN=e3 below', {
      key: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey,
    }),
    code: 'authorityKeyUnsound',
  },
];

export const base64 = ({ der }: { readonly der: Uint8Array }) => Buffer.from(der).toString('base64');
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
export const classic = (
  ca: Pick<Authority, 'der'>,
  isRootAuthority: boolean,
  certificateRevocationListUrl?: string,
) => ({
  certificate: base64(ca),
  isRootAuthority,
  certificateRevocationListUrl,
});
export const refusesWith = (code: Code) => (problem: unknown) => {
  assert.equal((problem as { because?: { code: string } }).because?.code, code, String(problem));
  return true;
};

/** A certs-only PKCS #7 file. */
export const bundleOf = (...cas: readonly Pick<Authority, 'der'>[]) => bundleOfDer(...cas.map(({ der }) => der));
export const sha256 = async (bytes: Uint8Array) =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))));
