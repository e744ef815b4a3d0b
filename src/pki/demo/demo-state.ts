import { createPrivateKey } from 'node:crypto';
import type { User } from '#core/binding/user.ts';
import { Authority, type AuthorityState } from '../build/authority.ts';
import type { CrlReason } from '../build/fields/extensions.ts';
import { type Issued, issuedFrom } from '../build/issued.ts';
import type { DemoCard, Woodgrove } from './woodgrove.ts';
import { type AuthorityName, authorityNames, type Publication } from './woodgrove-crls.ts';
import { type DemoPerson, demoPeople } from './woodgrove-people.ts';

/** The demo's PKI as JSON, private keys included: keep it where keys are kept. */
export interface WoodgroveState {
  readonly version: 1;
  readonly crlBaseUrl: string;
  readonly authorities: Readonly<Record<AuthorityName, AuthorityState>>;
  readonly stranger: AuthorityState;
  readonly cards: readonly CardState[];
  readonly users: readonly Partial<User>[];
  readonly domains: readonly string[];
  readonly revocations: readonly RevocationState[];
  readonly publication: PublicationState;
}
interface CardState {
  readonly name: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly serial: string;
}
interface RevocationState {
  readonly authority: AuthorityName;
  readonly serial: string;
  readonly revokedAt: string;
  readonly reason: CrlReason;
  readonly on: 'base' | 'delta';
}
interface PublicationState {
  readonly number: string;
  readonly at: string;
  readonly crls: readonly { readonly authority: AuthorityName; readonly base: string; readonly delta: string }[];
}

export function woodgroveState(pki: Woodgrove): WoodgroveState {
  return {
    version: 1,
    crlBaseUrl: pki.crlBaseUrl,
    authorities: mapAuthorities((name) => pki.authorities[name].state()),
    stranger: pki.stranger.state(),
    cards: pki.cards.map(cardState),
    users: pki.users,
    domains: pki.domains,
    revocations: pki.revocations.map((r) => ({ ...r, serial: `${r.serial}`, revokedAt: r.revokedAt.toISOString() })),
    publication: publicationState(pki.publication),
  };
}

/** The same PKI again. A person this version does not know is left out. */
export function openWoodgrove(state: WoodgroveState): Woodgrove {
  const root = Authority.open(state.authorities.root);
  const authorities = mapAuthorities((name) =>
    name === 'root' ? root : Authority.open(state.authorities[name], [root]),
  );
  const stranger = Authority.open(state.stranger);
  return {
    crlBaseUrl: state.crlBaseUrl,
    authorities,
    stranger,
    cards: state.cards.flatMap((card) => openCard(card, { ...authorities, stranger })),
    users: state.users.map(openUser),
    domains: state.domains,
    revocations: state.revocations.map((r) => ({ ...r, serial: BigInt(r.serial), revokedAt: new Date(r.revokedAt) })),
    publication: openPublication(state.publication),
  };
}

function mapAuthorities<T>(of: (name: AuthorityName) => T): Record<AuthorityName, T> {
  return Object.fromEntries(authorityNames.map((name) => [name, of(name)])) as Record<AuthorityName, T>;
}

const cardState = ({ person, issued: issuedCard }: DemoCard): CardState => ({
  name: person.name,
  certificate: issuedCard.pem,
  privateKey: issuedCard.privateKeyPem,
  serial: `${issuedCard.serial}`,
});

function openCard(state: CardState, issuers: Readonly<Record<DemoPerson['issuer'], Authority>>): DemoCard[] {
  const person = demoPeople.find(({ name }) => name === state.name);
  if (!person) return [];
  const issuer = issuers[person.issuer];
  const chain: Issued[] = [issuer, ...issuer.chain];
  const issuedCard = issuedFrom(state.certificate, createPrivateKey(state.privateKey), BigInt(state.serial), chain);
  return [{ person, issued: issuedCard }];
}

/** JSON drops what is undefined; a user has every property. */
function openUser(user: Partial<User>): User {
  return {
    mail: undefined,
    onPremisesUserPrincipalName: undefined,
    signInSessionsValidFromDateTime: undefined,
    ...user,
  } as User;
}

function publicationState({ number, at, crls }: Publication): PublicationState {
  const inBase64 = crls.map(({ authority, base, delta }) => ({ authority, base: base64(base), delta: base64(delta) }));
  return { number: `${number}`, at: at.toISOString(), crls: inBase64 };
}
function openPublication({ number, at, crls }: PublicationState): Publication {
  const crlFiles = crls.map(({ authority, base, delta }) => ({ authority, base: octets(base), delta: octets(delta) }));
  return { number: BigInt(number), at: new Date(at), crls: crlFiles };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
