import { Authority, type AuthorityOptions } from '#pki/build/authority.ts';
import type { NameInput } from '#pki/build/fields/names.ts';
import type { Validity } from '#pki/build/issued.ts';

/** Long enough for the real clock and for any clock a test thinks up, inside UTCTime. */
export const testValidity: Validity = {
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('2049-12-31T23:59:59Z'),
};

/**
 * A root of a test: `testCa('Woodgrove Root').issueCa('Woodgrove Issuing', { pathLength: 0 }).issueUserCertificate({ upn: … })`.
 * Everything a test does not mention is valid.
 */
export function testCa(name: NameInput, options: AuthorityOptions = {}): Authority {
  return Authority.root(name, testValidity, options);
}
