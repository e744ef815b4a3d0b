import { certificateFields } from '../binding/identifiers/certificate-fields.ts';
import { passed, type Ruling, refused } from '../trace/ruling.ts';
import type { Certificate } from '../x509/certificate.ts';

/** Where the name that a device sends came from: the `hint_src` claim of the reference client (windows-sign-in §4.4). */
export type NameSource = 'x509hint' | 'cached_upn' | 'ad_upn' | 'san_upn' | 'san_rfc822';

/** What a device knows when its user signs in (entra-cba §9.2). */
export interface NameCircumstances {
  readonly join: 'entra' | 'hybrid';
  readonly certificate: Certificate;
  /** What the user typed as User Name Hint; undefined or empty where nothing was typed. */
  readonly hint: string | undefined;
  /** The Entra user principal name that an earlier sign-in with this card returned. */
  readonly cachedUserPrincipalName: string | undefined;
  /** The user principal name that the domain controller returned. Of a hybrid-joined device alone. */
  readonly activeDirectoryName: string | undefined;
}

export interface SignInName {
  readonly name: string;
  readonly source: NameSource;
}

/**
 * The user name that a Windows-like device sends (WIN-5 to WIN-13). The hint wins on both join types (WIN-10) and must
 * have the form of a user principal name (WIN-11). A hybrid-joined device sends the cached Entra name, or the name of
 * Active Directory at first (WIN-7, WIN-9). An Entra-joined device sends what the certificate says every time (WIN-5).
 * Refuses with `hintMalformed`, `hintNeeded` or `activeDirectoryNameMissing`.
 */
export function chooseSignInName(circumstances: NameCircumstances): Ruling<SignInName> {
  const { join, certificate, hint, cachedUserPrincipalName, activeDirectoryName } = circumstances;
  if (hint !== undefined && hint !== '') {
    return isUserPrincipalNameShaped(hint) ? sends(hint, 'x509hint') : refused('hintMalformed', { hint });
  }
  if (join === 'hybrid') {
    if (cachedUserPrincipalName) return sends(cachedUserPrincipalName, 'cached_upn');
    return activeDirectoryName ? sends(activeDirectoryName, 'ad_upn') : refused('activeDirectoryNameMissing', {});
  }
  const [principalName] = certificateFields.PrincipalName.read(certificate);
  if (principalName !== undefined) return sends(principalName, 'san_upn');
  const [mailbox] = certificateFields.RFC822Name.read(certificate);
  if (mailbox !== undefined) return sends(mailbox, 'san_rfc822');
  // WIN-6: the subject (`E=…`, `CN=…`) is no substitute; Entra does not resolve it.
  return refused('hintNeeded', {});
}

const sends = (name: string, source: NameSource): Ruling<SignInName> =>
  passed({ name, source }, 'signInNameChosen', { name, source });

/** Whether the text has one `@` with something before and a domain behind it, and no white space (WIN-11). */
export const isUserPrincipalNameShaped = (text: string): boolean =>
  /^[^\s@\\/"]{1,64}@[^\s@\\/".]+(?:\.[^\s@\\/".]+)*$/.test(text);
