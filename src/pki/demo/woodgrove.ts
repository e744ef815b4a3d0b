import { randomUUID } from 'node:crypto';
import type { User } from '#core/binding/user.ts';
import { Authority } from '../build/authority.ts';
import { keyIdentifierOf } from '../build/fields/keys.ts';
import type { Issued, Validity } from '../build/issued.ts';
import {
  type AuthorityName,
  crlPath,
  type Publication,
  publicationDue,
  publish,
  type Revocation,
} from './woodgrove-crls.ts';
import { type DemoPerson, demoPeople, woodgroveDomains } from './woodgrove-people.ts';

const day = 24 * 60 * 60 * 1000;

/** The password of every card file of the demo. No secret: it is printed and written in the README. */
export const demoPassword = 'cardea';

export interface DemoCard {
  readonly person: DemoPerson;
  readonly issued: Issued;
}

/** The demo's public key infrastructure and the people in it. Immutable; {@link publishCrls} gives a new one. */
export interface Woodgrove {
  readonly authorities: Readonly<Record<AuthorityName, Authority>>;
  /** Issues the card of an authority that is not trusted. */
  readonly stranger: Authority;
  readonly cards: readonly DemoCard[];
  readonly users: readonly User[];
  readonly domains: readonly string[];
  readonly revocations: readonly Revocation[];
  readonly publication: Publication;
  /** Without a slash at the end; {@link crlFiles} lie below it. */
  readonly crlBaseUrl: string;
}

export interface WoodgroveInput {
  readonly at: Date;
  /** Such as `http://localhost:8080`. */
  readonly crlBaseUrl: string;
}

/** A whole new PKI with new keys (about a third of a second, nearly all of it one RSA key). */
export function makeWoodgrove({ at, crlBaseUrl }: WoodgroveInput): Woodgrove {
  const validity = years(at, -3, 15);
  const authorities = makeAuthorities(validity, crlBaseUrl);
  const stranger = Authority.root('O=Fabrikam,CN=Fabrikam Root', validity);
  const cards = demoPeople.map((person) => ({ person, issued: issueFor(person, authorities, stranger, at) }));
  const revocations = cards.flatMap((card) => revocationOf(card, at));
  const publication = publish({ authorities, revocations, publication: undefined }, at);
  const users = cards.flatMap(userOf);
  return { authorities, stranger, cards, users, domains: woodgroveDomains, revocations, publication, crlBaseUrl };
}

/** The next round of CRLs, with higher numbers. */
export const publishCrls = (pki: Woodgrove, at: Date): Woodgrove => ({ ...pki, publication: publish(pki, at) });

/** Whether {@link publishCrls} should be called now. */
export const crlsDue = (pki: Woodgrove, at: Date): boolean => publicationDue(pki, at);

/** What to serve: DER by path, `/crl/issuing-1.crl` and so on. */
export function crlFiles({ publication }: Woodgrove): Map<string, Uint8Array> {
  const files = publication.crls.flatMap(({ authority, base, delta }): [string, Uint8Array][] => [
    [crlPath(authority, 'base'), base],
    [crlPath(authority, 'delta'), delta],
  ]);
  return new Map(files);
}

/** Where an administrator says the CRLs of an authority are. */
export const crlUrls = (crlBaseUrl: string, authority: AuthorityName): { crlUrl: string; deltaCrlUrl: string } => ({
  crlUrl: crlBaseUrl + crlPath(authority, 'base'),
  deltaCrlUrl: crlBaseUrl + crlPath(authority, 'delta'),
});

function makeAuthorities(validity: Validity, crlBaseUrl: string): Record<AuthorityName, Authority> {
  const root = Authority.root('DC=test,DC=woodgrove,CN=Woodgrove Root', validity, {
    key: 'P-384',
    ...crlUrls(crlBaseUrl, 'root'),
  });
  const issuing = (n: 1 | 2) =>
    root.issueCa(`DC=test,DC=woodgrove,CN=Woodgrove Issuing CA ${n}`, {
      pathLength: 0,
      ...crlUrls(crlBaseUrl, `issuing-${n}`),
    });
  return { root, 'issuing-1': issuing(1), 'issuing-2': issuing(2) };
}

type Authorities = Readonly<Record<AuthorityName, Authority>>;

function issueFor(person: DemoPerson, authorities: Authorities, stranger: Authority, at: Date): Issued {
  const issuer = person.issuer === 'stranger' ? stranger : authorities[person.issuer];
  const validity = person.expired ? years(at, -2, 0, -1) : years(at, 0, 2, -1);
  return issuer.issueUserCertificate({
    subject: `DC=test,DC=woodgrove,OU=People,CN=${person.displayName}`,
    ...validity,
    ...person.card,
  });
}

function revocationOf({ person, issued: issuedCard }: DemoCard, at: Date): Revocation[] {
  if (!person.revokedOn || person.issuer === 'stranger') return [];
  const reason = person.revokedOn === 'base' ? 'cessationOfOperation' : 'keyCompromise';
  const revokedAt = new Date(at.getTime() - day);
  return [{ authority: person.issuer, serial: issuedCard.serial, revokedAt, reason, on: person.revokedOn }];
}

function userOf({ person, issued: issuedCard }: DemoCard): User[] {
  if (!person.account) return [];
  const upn = `${person.name}@${woodgroveDomains[0]}`;
  const ski = Buffer.from(keyIdentifierOf(issuedCard.privateKey)).toString('hex').toUpperCase();
  const user = {
    id: randomUUID(),
    userPrincipalName: upn,
    onPremisesUserPrincipalName: person.account.onPremisesUserPrincipalName,
    displayName: person.displayName,
    mail: upn,
    accountEnabled: true,
    certificateUserIds: person.name === 'dan' ? [`X509:<SKI>${ski}`] : [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: [],
  };
  return [user];
}

/** From some years before to some years after `at`; `days` moves both ends. */
function years(at: Date, before: number, after: number, days = 0): Validity {
  const yearsFromNow = (n: number) => new Date(at.getTime() + (n * 365.25 + days) * day);
  return { notBefore: yearsFromNow(before), notAfter: yearsFromNow(after) };
}
