import { createHash, randomBytes } from 'node:crypto';
import { fault, wordsOf } from '../core/trace/fault.ts';
import { defaultAlgorithmPolicy } from '../core/x509/algorithm-policy.ts';
import { readCertificate } from '../core/x509/certificate.ts';
import { checkKey } from '../core/x509/public-key.ts';
import type { AdminPorts, Application, KeyCredential, PasswordCredential, Profile } from '../ports.ts';
import { checkRedirectUri } from './applications.ts';
import { checkIdentifier, checkLink, checkName } from './entered.ts';
import { refuseBuiltIn } from './first-party.ts';

type Ports = Pick<AdminPorts, 'applications'>;

/** An application as Graph's clients write one; what is left out stays (graph-api §8). */
export interface DirectoryApplicationChange {
  readonly displayName?: string | undefined;
  readonly identifierUris?: readonly string[] | undefined;
  readonly webRedirectUris?: readonly string[] | undefined;
  readonly spaRedirectUris?: readonly string[] | undefined;
  readonly nativeRedirectUris?: readonly string[] | undefined;
  readonly isFallbackPublicClient?: boolean | undefined;
  readonly homepage?: string | null | undefined;
  readonly keyCredentials?: readonly NewKeyCredential[] | undefined;
  readonly profile?: Profile | undefined;
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

/** Registers an application; its service principal is made apart. @throws redirectUriInvalid, applicationKeyInvalid, graphObjectConflict */
export async function addDirectoryApplication(
  asked: DirectoryApplicationChange & { readonly displayName: string },
  at: Date,
  actor: string,
  { applications }: Ports,
): Promise<Application> {
  const blank: Application = {
    appId: crypto.randomUUID(),
    displayName: asked.displayName,
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
  const application = changed(blank, asked);
  await applications.put(application, actor);
  return application;
}

/** @throws as {@link addDirectoryApplication}, nothingFound */
export async function changeDirectoryApplication(
  appId: string,
  asked: DirectoryApplicationChange,
  actor: string,
  { applications }: Ports,
): Promise<Application> {
  refuseBuiltIn(appId);
  return applications.change(appId, (old) => changed(old, asked), actor);
}

function changed(old: Application, asked: DirectoryApplicationChange): Application {
  const before = redirectsOf(old);
  const redirects: Redirects = {
    web: asked.webRedirectUris ?? before.web,
    spa: asked.spaRedirectUris ?? before.spa,
    native: asked.nativeRedirectUris ?? before.native,
  };
  const redirectUris = [...new Set([...redirects.web, ...redirects.spa, ...redirects.native])];
  for (const uri of redirectUris) checkRedirectUri(uri);
  checkName('displayName', asked.displayName);
  checkLink('homepage', asked.homepage);
  checkLink('logoutUrl', (asked.profile?.web as { logoutUrl?: string | null } | undefined)?.logoutUrl);
  for (const uri of asked.identifierUris ?? []) checkIdentifier(uri);
  const keyCredentials = asked.keyCredentials?.map(readKey) ?? old.keyCredentials;
  const fallback = asked.isFallbackPublicClient ?? old.profile?.isFallbackPublicClient === true;
  return {
    ...old,
    displayName: asked.displayName ?? old.displayName,
    identifierUris: asked.identifierUris ?? old.identifierUris,
    redirectUris,
    spaRedirectUris: redirects.spa,
    isPublicClient: fallback || (redirects.web.length === 0 && redirectUris.length > 0),
    homepage: asked.homepage === undefined ? old.homepage : (asked.homepage ?? undefined),
    ...(keyCredentials ? { keyCredentials } : {}),
    profile: {
      ...old.profile,
      ...asked.profile,
      nativeRedirectUris: redirects.native,
      isFallbackPublicClient: fallback,
    },
  };
}

/** The redirect URIs by kind; an application from before the kinds were kept is a web or a native one as a whole. */
export function redirectsOf({ redirectUris, spaRedirectUris = [], profile, isPublicClient }: Application): Redirects {
  const native = (profile?.nativeRedirectUris as string[] | undefined) ?? (isPublicClient ? redirectUris : []);
  const others = redirectUris.filter((uri) => !native.includes(uri) && !spaRedirectUris.includes(uri));
  return { web: others, spa: spaRedirectUris, native };
}

function readKey({ keyId, displayName, certificate }: NewKeyCredential): KeyCredential {
  const der = Buffer.from(certificate.replaceAll(/\s/g, ''), 'base64');
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw fault('applicationKeyInvalid', { problem: ruling.because.code });
  const { notBefore, notAfter, subjectPublicKeyInfo } = ruling.value;
  const accepted = checkKey(subjectPublicKeyInfo, defaultAlgorithmPolicy);
  if (accepted.outcome !== 'passed') throw fault('applicationKeyInvalid', { problem: wordsOf(accepted.because) });
  return {
    keyId: keyId ?? crypto.randomUUID(),
    ...(displayName === undefined ? {} : { displayName }),
    certificate: der.toString('base64'),
    startDateTime: notBefore.toISOString(),
    endDateTime: notAfter.toISOString(),
  };
}

/** Two years, as Entra gives where no end is asked for. */
const usualSecretDays = 730;

/** Makes a client secret, shown this once. @throws nothingFound, secretPeriodInvalid */
export async function addSecret(
  appId: string,
  asked: {
    readonly displayName: string;
    readonly startDateTime: string | undefined;
    readonly endDateTime: string | undefined;
  },
  at: Date,
  actor: string,
  { applications }: Ports,
): Promise<PasswordCredential & { readonly secretText: string }> {
  refuseBuiltIn(appId);
  const secretText = randomBytes(30).toString('base64url');
  const start = asked.startDateTime === undefined ? at : new Date(asked.startDateTime);
  const end =
    asked.endDateTime === undefined
      ? new Date(start.getTime() + usualSecretDays * 86_400_000)
      : new Date(asked.endDateTime);
  if (!(end.getTime() > start.getTime())) throw fault('secretPeriodInvalid', {});
  const credential: PasswordCredential = {
    keyId: crypto.randomUUID(),
    displayName: asked.displayName,
    hint: secretText.slice(0, 3),
    secretHash: createHash('sha256').update(secretText).digest('base64url'),
    startDateTime: start.toISOString(),
    endDateTime: end.toISOString(),
  };
  const join = (old: Application) => ({
    ...old,
    passwordCredentials: [...(old.passwordCredentials ?? []), credential],
  });
  await applications.change(appId, join, actor);
  return { ...credential, secretText };
}

/** @throws nothingFound */
export async function removeSecret(
  appId: string,
  keyId: string,
  actor: string,
  { applications }: Ports,
): Promise<void> {
  refuseBuiltIn(appId);
  await applications.change(
    appId,
    (old) => {
      const kept = (old.passwordCredentials ?? []).filter((one) => one.keyId.toLowerCase() !== keyId.toLowerCase());
      if (kept.length === (old.passwordCredentials ?? []).length)
        throw fault('nothingFound', { kind: 'client secret', wanted: keyId });
      return { ...old, passwordCredentials: kept };
    },
    actor,
  );
}
