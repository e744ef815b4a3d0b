import { messageOf } from '#core/trace/fault.ts';
import { allPassed, firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { ApplicationAuthority } from '#core/x509/application-authorities.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../../context.ts';
import { checkDisplayName, checkText } from '../../entered.ts';
import { rulingOf } from '../../refusals.ts';

/**
 * From which CAs certificates may come. Graph has two kinds of configuration: `certificateBasedApplicationConfigurations` for
 * certificates that are registered as keyCredentials of applications, and `mutualTlsOauthConfigurations` for certificates that
 * applications and devices show in the TLS handshake.
 */
export const authorityConfigurationKinds = [
  'certificateBasedApplicationConfigurations',
  'mutualTlsOauthConfigurations',
] as const;
export type AuthorityConfigurationKind = (typeof authorityConfigurationKinds)[number];

/** A CA of a configuration. */
export interface NamedAuthority {
  /** A GUID. */
  readonly id: string;
  /** DER, base64. */
  readonly certificate: string;
  readonly isRootAuthority: boolean;
}
/** A configuration. What names of the TLS client it is about is stored and shown; an application says its own. */
export interface AuthorityConfiguration {
  readonly displayName: string | null;
  readonly description: string | null;
  readonly authorities: readonly NamedAuthority[];
  readonly tlsClientAuthParameter?: string;
}
type Stored = StoredObject<AuthorityConfiguration>;
type Ports = Pick<AdminPorts, 'objects'>;
type Reader = { readonly objects: Pick<AdminPorts['objects'], 'list'> };

/** A configuration may have so many CAs. */
const mostAuthorities = 100;
const mostConfigurations = 20;

export const authorityConfigurations = (
  kind: AuthorityConfigurationKind,
  { objects }: Reader,
): Promise<readonly Stored[]> => objects.list<AuthorityConfiguration>(kind);

/** The configuration of this id. Refuses with graphObjectMissing. */
export async function authorityConfiguration(
  kind: AuthorityConfigurationKind,
  id: string,
  { objects }: Ports,
): Promise<Ruling<Stored>> {
  const match = await objects.find<AuthorityConfiguration>(kind, id.toLowerCase());
  if (!match) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success(match);
}

/** Refuses with graphPropertyInvalid, textHoldsControls, textTooLong. */
export async function addAuthorityConfiguration(
  kind: AuthorityConfigurationKind,
  document: AuthorityConfiguration,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<Stored>> {
  if ((await objects.list(kind)).length >= mostConfigurations)
    return refused('graphPropertyInvalid', {
      target: kind,
      problem: `a tenant has at most ${mostConfigurations} of them`,
    });
  const checkRuling = check(kind, document);
  if (checkRuling.outcome !== 'passed') return checkRuling;
  const object = { kind, id: crypto.randomUUID(), owner: undefined, document };
  return success(await objects.add(object, { activity: `Add ${kind}`, actor }));
}

/** Changes a configuration as `work` says. Refuses as {@link addAuthorityConfiguration}, graphObjectMissing. */
export async function changeAuthorityConfiguration(
  { kind, id }: { readonly kind: AuthorityConfigurationKind; readonly id: string },
  work: (old: AuthorityConfiguration) => AuthorityConfiguration,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const next = (old: AuthorityConfiguration) => {
    const document = work(old);
    orThrow(check(kind, document));
    return document;
  };
  const auditEntry = { activity: `Update ${kind}`, actor };
  const ruling = await rulingOf(() => objects.change(kind, id.toLowerCase(), next, auditEntry));
  if (ruling.outcome !== 'passed') return ruling;
  return ruling.value ? success() : refused('graphObjectMissing', { id: id.slice(0, 80) });
}

/** Refuses with graphObjectMissing. */
export async function removeAuthorityConfiguration(
  kind: AuthorityConfigurationKind,
  id: string,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const isRemoved = await objects.remove(kind, id.toLowerCase(), { activity: `Delete ${kind}`, actor });
  if (!isRemoved) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success();
}

/** Graph: the property with the CAs of each kind. */
export const authoritiesProperty = {
  certificateBasedApplicationConfigurations: 'trustedCertificateAuthorities',
  mutualTlsOauthConfigurations: 'certificateAuthorities',
} as const satisfies Readonly<Record<AuthorityConfigurationKind, string>>;

function check(
  kind: AuthorityConfigurationKind,
  { displayName, description, authorities }: AuthorityConfiguration,
): Ruling<void> {
  const checks = firstRefusal(checkDisplayName(displayName), checkText('description', description));
  if (checks.outcome !== 'passed') return checks;
  const wrong = (problem: string) => refused('graphPropertyInvalid', { target: authoritiesProperty[kind], problem });
  if (authorities.length === 0) return wrong('a configuration names at least one CA');
  if (!authorities.some(({ isRootAuthority }) => isRootAuthority)) return wrong('at least one CA is a root');
  if (authorities.length > mostAuthorities) return wrong(`a configuration names at most ${mostAuthorities} CAs`);
  const certificatesRuling = allPassed(authorities.map(({ certificate }) => certificateIn(certificate)));
  if (certificatesRuling.outcome !== 'passed') return certificatesRuling;
  const certificates = certificatesRuling.value;
  if (certificates.some(({ basicConstraints }) => !basicConstraints?.cA))
    return wrong('a certificate is not a CA certificate');
  const thumbprints = new Set(certificates.map(({ sha256Thumbprint }) => sha256Thumbprint));
  if (thumbprints.size < certificates.length) return wrong('a CA is named twice');
  return success();
}

/** A CA's certificate as a client sent it. Refuses with graphPropertyInvalid. */
export function certificateIn(base64: string): Ruling<Certificate> {
  const ruling = readCertificate(Buffer.from(base64.replaceAll(/\s/g, ''), 'base64'));
  if (ruling.outcome === 'passed') return success(ruling.value);
  return refused('graphPropertyInvalid', { target: 'certificate', problem: messageOf(ruling.because) });
}

/** The CAs that the configurations of a kind name; none where any CA will do. */
export async function namedAuthorities(
  kind: AuthorityConfigurationKind,
  ports: Reader,
): Promise<readonly ApplicationAuthority[]> {
  const configurations = await authorityConfigurations(kind, ports);
  return configurations
    .flatMap(({ document }) => document.authorities)
    .map(({ id, certificate, isRootAuthority }) => ({
      id,
      certificate: orThrow(certificateIn(certificate)), // it was read when it was added
      authorityType: isRootAuthority ? 'root' : 'intermediate',
    }));
}

/**
 * The CAs that a certificate shown in the TLS handshake may come from: those for mutual TLS, else those for applications; none
 * where the CAs of the tenant's PKI count.
 */
export async function handshakeAuthorities(ports: Reader): Promise<readonly ApplicationAuthority[]> {
  const authoritiesOfKind = await namedAuthorities('mutualTlsOauthConfigurations', ports);
  return authoritiesOfKind.length > 0
    ? authoritiesOfKind
    : namedAuthorities('certificateBasedApplicationConfigurations', ports);
}

/**
 * Refuses certificates of applications that come from other CAs than the ones named for them: the path has to be valid at the
 * time from which the certificate is. @param certificates those that are new; what is registered stays. Refuses with applicationKeyFromOtherAuthority.
 */
export async function requireNamedAuthority(
  certificates: readonly Certificate[],
  ports: Reader,
): Promise<Ruling<void>> {
  if (certificates.length === 0) return success();
  const authoritiesOfKind = await namedAuthorities('certificateBasedApplicationConfigurations', ports);
  if (authoritiesOfKind.length === 0) return success();
  const authorities = authoritiesOfKind.map((authority) => ({
    certificateRevocationListUrl: undefined,
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled: false,
    store: 'pki' as const,
    ...authority,
  }));
  for (const certificate of certificates) {
    const path = validatePath(certificate, { authorities }, certificate.notBefore);
    if (path.outcome !== 'passed')
      return refused('applicationKeyFromOtherAuthority', { problem: messageOf(path.because) });
  }
  return success();
}
