import { createHash } from 'node:crypto';
import { allPassed, firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { Application, KeyCredential, PasswordCredential } from '#model/application.ts';
import type { Profile } from '#model/user.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import {
  checkDisplayName,
  checkIdentifier,
  checkLink,
  checkName,
  checkPrivateAddress,
  checkReachable,
} from '../entered.ts';
import { rulingOf } from '../refusals.ts';
import { checkLogoutUri, checkRedirectUri } from './applications.ts';
import { newClientSecret } from './credentials/client-secret.ts';
import { keyCredentialOf } from './credentials/key-credential.ts';
import { type MutualTlsChange, withMutualTls } from './credentials/mutual-tls.ts';
import { requireNamedAuthority } from './credentials/named-authorities.ts';
import { changeApplication } from './first-party.ts';

type Ports = Pick<AdminPorts, 'applications'>;
type EvaluationPorts = Pick<AdminPorts, 'applications' | 'addresses' | 'objects'>;

/** An application as clients of Graph write one; omitted properties keep their values (graph-api §8). */
export interface DirectoryApplicationChange extends MutualTlsChange {
  readonly displayName?: string | undefined;
  readonly identifierUris?: readonly string[] | undefined;
  readonly webRedirectUris?: readonly string[] | undefined;
  readonly spaRedirectUris?: readonly string[] | undefined;
  readonly nativeRedirectUris?: readonly string[] | undefined;
  readonly isFallbackPublicClient?: boolean | undefined;
  readonly homepage?: string | null | undefined;
  readonly keyCredentials?: readonly NewKeyCredential[] | undefined;
  readonly profile?: Profile | undefined;
  /** Not Entra's; null takes it away. */
  readonly backChannelLogoutUri?: string | null | undefined;
}
/** DER in base64; a stated time must lie within the certificate's own. */
export interface NewKeyCredential {
  readonly keyId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly certificate: string;
}

/** Kinds of redirect URI that are kept apart, because what may be done with each differs. */
interface Redirects {
  readonly web: readonly string[];
  readonly spa: readonly string[];
  readonly native: readonly string[];
}

/** Registers an application; its service principal is made apart. Refuses with redirectUriInvalid, applicationKeyInvalid, applicationKeyFromOtherAuthority, applicationPublic, tlsClientNameInvalid, graphObjectConflict. */
export async function addDirectoryApplication(
  directoryApplicationChange: DirectoryApplicationChange & { readonly displayName: string },
  { at, actor, ports }: TimedContext<EvaluationPorts>,
): Promise<Ruling<Application>> {
  const keyAuthoritiesRuling = await requireKeyAuthorities(directoryApplicationChange, [], ports);
  if (keyAuthoritiesRuling.outcome !== 'passed') return keyAuthoritiesRuling;
  const blank: Application = {
    appId: crypto.randomUUID(),
    displayName: directoryApplicationChange.displayName,
    redirectUris: [],
    postLogoutRedirectUris: [],
    isPublicClient: false,
    secretHashes: [],
    identifierUris: [],
    roles: [],
    homepage: undefined,
    lacksServicePrincipal: true,
    createdDateTime: at.toISOString(),
  };
  const nextRuling = next(blank, directoryApplicationChange, ports.addresses);
  if (nextRuling.outcome !== 'passed') return nextRuling;
  const application = nextRuling.value;
  const applicationRuling = await rulingOf(() => ports.applications.put(application, actor));
  if (applicationRuling.outcome !== 'passed') return applicationRuling;
  return success(application);
}

/** Refuses as {@link addDirectoryApplication}, nothingFound. */
export async function changeDirectoryApplication(
  appId: string,
  directoryApplicationChange: DirectoryApplicationChange,
  { actor, ports }: AdminContext<EvaluationPorts>,
): Promise<Ruling<Application>> {
  const old = (await ports.applications.find(appId))?.keyCredentials ?? [];
  const keyAuthoritiesRuling = await requireKeyAuthorities(directoryApplicationChange, old, ports);
  if (keyAuthoritiesRuling.outcome !== 'passed') return keyAuthoritiesRuling;
  return changeApplication(appId, (current) => orThrow(next(current, directoryApplicationChange, ports.addresses)), {
    actor,
    ports,
  });
}

/** New certificates come from a CA that is named for them; those that are registered stay. Refuses with applicationKeyFromOtherAuthority. */
async function requireKeyAuthorities(
  { keyCredentials = [] }: DirectoryApplicationChange,
  old: readonly KeyCredential[],
  ports: EvaluationPorts,
): Promise<Ruling<void>> {
  const rulings = keyCredentials
    .map(({ certificate }) => Buffer.from(certificate.replaceAll(/\s/g, ''), 'base64'))
    .filter((der) => !old.some(({ certificate }) => certificate === der.toString('base64')))
    .map((der) => readCertificate(der));
  // What cannot be read is refused when the application is made.
  const certificates = rulings.flatMap((ruling) => (ruling.outcome === 'passed' ? [ruling.value] : []));
  return requireNamedAuthority(certificates, ports);
}

/** A change of `api` or `web` leaves what it does not name, as PATCH does with complex properties. */
function merged(old: Profile | undefined, change: Profile | undefined): Profile {
  const halves = ['api', 'web'].flatMap((name) => {
    const [before, after] = [old?.[name], change?.[name]];
    return after ? [[name, { ...(before as object | undefined), ...(after as object) }]] : [];
  });
  return { ...change, ...Object.fromEntries(halves) };
}

function next(
  old: Application,
  directoryApplicationChange: DirectoryApplicationChange,
  addresses: AddressSettings,
): Ruling<Application> {
  const before = redirectsOf(old);
  const redirects: Redirects = {
    web: directoryApplicationChange.webRedirectUris ?? before.web,
    spa: directoryApplicationChange.spaRedirectUris ?? before.spa,
    native: directoryApplicationChange.nativeRedirectUris ?? before.native,
  };
  const redirectUris = [...new Set([...redirects.web, ...redirects.spa, ...redirects.native])];
  for (const uri of redirectUris) {
    const redirectUriRuling = checkRedirectUri(uri);
    if (redirectUriRuling.outcome !== 'passed') return redirectUriRuling;
  }
  const checks = firstRefusal(
    checkDisplayName(directoryApplicationChange.displayName),
    checkLink('homepage', directoryApplicationChange.homepage),
  );
  if (checks.outcome !== 'passed') return checks;
  const logoutUrl = (directoryApplicationChange.profile?.web as { logoutUrl?: string | null } | undefined)?.logoutUrl;
  const linkRuling = checkLink('logoutUrl', logoutUrl);
  if (linkRuling.outcome !== 'passed') return linkRuling;
  if (logoutUrl) {
    const reachableRuling = checkReachable('logoutUrl', logoutUrl);
    if (reachableRuling.outcome !== 'passed') return reachableRuling;
    const before = (old.profile?.web as { logoutUrl?: string | null } | undefined)?.logoutUrl;
    if (logoutUrl !== before) {
      const privateAddressRuling = checkPrivateAddress('logoutUrl', logoutUrl, 'logoutPrivateAddresses', addresses);
      if (privateAddressRuling.outcome !== 'passed') return privateAddressRuling;
    }
  }
  for (const uri of directoryApplicationChange.identifierUris ?? []) {
    const identifierRuling = checkIdentifier(uri);
    if (identifierRuling.outcome !== 'passed') return identifierRuling;
  }
  const keysRuling = allPassed((directoryApplicationChange.keyCredentials ?? []).map(readKey));
  if (keysRuling.outcome !== 'passed') return keysRuling;
  const keyCredentials = directoryApplicationChange.keyCredentials ? keysRuling.value : old.keyCredentials;
  const fallback = directoryApplicationChange.isFallbackPublicClient ?? old.profile?.isFallbackPublicClient === true;
  const application: Application = {
    ...old,
    displayName: directoryApplicationChange.displayName ?? old.displayName,
    identifierUris: directoryApplicationChange.identifierUris ?? old.identifierUris,
    redirectUris,
    spaRedirectUris: redirects.spa,
    isPublicClient: fallback || (redirects.web.length === 0 && redirectUris.length > 0),
    homepage:
      directoryApplicationChange.homepage === undefined
        ? old.homepage
        : (directoryApplicationChange.homepage ?? undefined),
    ...(keyCredentials ? { keyCredentials } : {}),
    profile: {
      ...old.profile,
      ...merged(old.profile, directoryApplicationChange.profile),
      nativeRedirectUris: redirects.native,
      isFallbackPublicClient: fallback,
    },
  };
  const backChannelRuling = withBackChannel(application, directoryApplicationChange.backChannelLogoutUri, addresses);
  if (backChannelRuling.outcome !== 'passed') return backChannelRuling;
  return withMutualTls(backChannelRuling.value, directoryApplicationChange);
}

/** The application with another address for back-channel logout; null takes it away. Refuses with redirectUriInvalid, addressPrivate. */
function withBackChannel(
  { backChannelLogoutUri: old, ...rest }: Application,
  uri: string | null | undefined,
  addresses: AddressSettings,
): Ruling<Application> {
  if (uri !== undefined && uri !== null && uri !== old) {
    const logoutUriRuling = checkLogoutUri(uri, addresses);
    if (logoutUriRuling.outcome !== 'passed') return logoutUriRuling;
  }
  const value = uri === undefined ? old : uri;
  return success({ ...rest, ...(value === undefined || value === null ? {} : { backChannelLogoutUri: value }) });
}

/** The redirect URIs by kind; an application from before the kinds were kept is a web or a native one as a whole. */
export function redirectsOf({ redirectUris, spaRedirectUris = [], profile, isPublicClient }: Application): Redirects {
  const native = (profile?.nativeRedirectUris as string[] | undefined) ?? (isPublicClient ? redirectUris : []);
  const rest = redirectUris.filter((uri) => !native.includes(uri) && !spaRedirectUris.includes(uri));
  return { web: rest, spa: spaRedirectUris, native };
}

function readKey({ keyId, displayName, certificate }: NewKeyCredential): Ruling<KeyCredential> {
  const der = Buffer.from(certificate.replaceAll(/\s/g, ''), 'base64');
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') return refused('applicationKeyInvalid', { problem: ruling.because.code });
  return keyCredentialOf(ruling.value, { keyId, displayName });
}

/** Two years, as Entra gives where no end is asked for. */
const usualSecretDays = 730;

/** Makes a client secret, shown this once. Refuses with nothingFound, secretPeriodInvalid, textHoldsControls, textTooLong. */
export async function addSecret(
  appId: string,
  request: {
    readonly displayName: string;
    readonly startDateTime: string | undefined;
    readonly endDateTime: string | undefined;
  },
  { at, actor, ports }: TimedContext<Ports>,
): Promise<Ruling<PasswordCredential & { readonly secretText: string }>> {
  const nameRuling = checkName('displayName', request.displayName);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  const secretText = newClientSecret();
  const start = request.startDateTime === undefined ? at : new Date(request.startDateTime);
  const end =
    request.endDateTime === undefined
      ? new Date(start.getTime() + usualSecretDays * 86_400_000)
      : new Date(request.endDateTime);
  if (!(end.getTime() > start.getTime())) return refused('secretPeriodInvalid', {});
  const credential: PasswordCredential = {
    keyId: crypto.randomUUID(),
    displayName: request.displayName,
    hint: secretText.slice(0, 3),
    secretHash: createHash('sha256').update(secretText).digest('base64url'),
    startDateTime: start.toISOString(),
    endDateTime: end.toISOString(),
  };
  const join = (old: Application) => ({
    ...old,
    passwordCredentials: [...(old.passwordCredentials ?? []), credential],
  });
  const applicationRuling = await changeApplication(appId, join, { actor, ports });
  if (applicationRuling.outcome !== 'passed') return applicationRuling;
  return success({ ...credential, secretText });
}

/** Removes a client secret by its key id; undefined is the one without a key id. Refuses with nothingFound. */
export async function removeSecret(
  appId: string,
  keyId: string | undefined,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const work = (old: Application): Ruling<Application> => {
    const credentials = old.passwordCredentials ?? [];
    const remaining = credentials.filter((item) => item.keyId.toLowerCase() !== keyId?.toLowerCase());
    const isThere = keyId === undefined ? old.secretHashes.length > 0 : remaining.length < credentials.length;
    if (!isThere) return refused('nothingFound', { kind: 'client secret', wanted: keyId ?? 'first' });
    return keyId === undefined
      ? success({ ...old, secretHashes: [] })
      : success({ ...old, passwordCredentials: remaining });
  };
  const ruling = await changeApplication(appId, (old) => orThrow(work(old)), { actor, ports });
  return ruling.outcome === 'passed' ? success() : ruling;
}
