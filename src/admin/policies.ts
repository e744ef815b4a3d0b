import type { ConditionalAccessPolicy, NamedLocation } from '../core/access/policy.ts';
import type { AuthenticationStrength } from '../core/access/strengths.ts';
import { checkX509Configuration } from '../core/binding/check-configuration.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '../core/binding/policy.ts';
import { type TenantPolicy, withX509 } from '../core/policy.ts';
import { CardeaError, fault } from '../core/trace/fault.ts';
import type { AdminPorts } from '../ports.ts';
import { checkAccessDocuments } from './conditional-access.ts';
import { untilAlone } from './edit-trust-store.ts';
import type { Safeguard } from './safeguard.ts';

/** The decisions of a tenant that are kept as documents, in Graph's spelling. */
export interface PolicyDocument {
  readonly x509Certificate: X509CertificateConfiguration;
  readonly conditionalAccessPolicies: readonly ConditionalAccessPolicy[];
  readonly authenticationStrengths: readonly AuthenticationStrength[];
  readonly namedLocations: readonly NamedLocation[];
}

export async function policyOf({ policy }: Pick<AdminPorts, 'policy'>): Promise<PolicyDocument> {
  return {
    x509Certificate: await policy.x509(),
    conditionalAccessPolicies: await policy.conditionalAccess(),
    authenticationStrengths: await policy.strengths(),
    namedLocations: await policy.namedLocations(),
  };
}

/** The tenant's policy, were this document in force. */
export function withDocument(now: TenantPolicy, document: PolicyDocument): TenantPolicy {
  return {
    ...withX509(now, document.x509Certificate),
    access: document.conditionalAccessPolicies,
    strengths: document.authenticationStrengths,
    namedLocations: document.namedLocations,
  };
}

/**
 * Makes the tenant's policy what the document says. A part the document does not name stays as it is; what it leaves out
 * of the certificate method's configuration becomes the factory setting. Answers what it was before.
 * @throws policyDocumentUnreadable, or the first thing wrong with any part
 */
export async function applyPolicy(
  document: unknown,
  actor: string,
  ports: PolicyPorts,
  options: { readonly dryRun: boolean },
): Promise<{ readonly before: PolicyDocument; readonly after: PolicyDocument }> {
  const before = await policyOf(ports);
  const after = { ...before, ...readDocument(document, before) };
  const [issue] = [...checkX509Configuration(after.x509Certificate), ...checkAccessDocuments(after)];
  if (issue) throw new CardeaError(issue.because);
  if (!options.dryRun) await write(before, after, actor, ports);
  return { before, after };
}

const lists = ['conditionalAccessPolicies', 'authenticationStrengths', 'namedLocations'] as const;

function readDocument(document: unknown, before: PolicyDocument): Partial<PolicyDocument> {
  const wanted = (typeof document === 'object' && document !== null ? document : {}) as Record<string, unknown>;
  if (!Object.keys(before).some((name) => name in wanted)) {
    throw fault('policyDocumentUnreadable', { problem: `it has none of ${Object.keys(before).join(', ')}` });
  }
  const named = lists.filter((name) => name in wanted);
  for (const name of named) checkShape(wanted[name], [], name);
  const said = Object.fromEntries(named.map((name) => [name, wanted[name]]));
  return 'x509Certificate' in wanted ? { ...said, x509Certificate: readMethod(wanted.x509Certificate) } : said;
}

function readMethod(method: unknown): X509CertificateConfiguration {
  if (typeof method !== 'object' || method === null) {
    throw fault('policyDocumentUnreadable', { problem: 'it has no object x509Certificate' });
  }
  const x509Certificate = { ...defaultX509CertificateConfiguration, ...method };
  checkShape(x509Certificate, defaultX509CertificateConfiguration, 'x509Certificate');
  return x509Certificate;
}

/** What is referred to is written before what refers to it. */
async function write(before: PolicyDocument, after: PolicyDocument, actor: string, ports: PolicyPorts) {
  const { policy } = ports;
  const differs = (name: keyof PolicyDocument) => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  if (differs('x509Certificate')) await setX509(after.x509Certificate, actor, ports);
  if (differs('authenticationStrengths')) await policy.setStrengths(after.authenticationStrengths, actor);
  if (differs('namedLocations')) await policy.setNamedLocations(after.namedLocations, actor);
  if (differs('conditionalAccessPolicies')) await policy.setConditionalAccess(after.conditionalAccessPolicies, actor);
}

/** What a change of the method's configuration needs. Without a `safeguard`, it is made whomever it shuts out. */
export interface PolicyPorts extends Pick<AdminPorts, 'policy'> {
  readonly safeguard?: Safeguard | undefined;
}

/**
 * Replaces the configuration of the method, which the caller has checked. @throws lastAdministratorShutOut;
 * policyEditedMeanwhile when others edit faster than the safeguard looks
 */
export function setX509(
  configuration: X509CertificateConfiguration,
  actor: string,
  { policy, safeguard }: PolicyPorts,
): Promise<void> {
  if (!safeguard) return policy.setX509(configuration, actor);
  return untilAlone(async () => {
    const judged = await safeguard((now) => withX509(now, configuration));
    await policy.setX509(configuration, actor, judged);
  });
}

/** Every part must be of the JSON type that it has in the factory settings; members of lists must be objects. */
function checkShape(value: unknown, model: unknown, path: string): void {
  const problem = (wanted: string) => fault('policyDocumentUnreadable', { problem: `${path} must be ${wanted}` });
  if (Array.isArray(model)) {
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'object' && typeof one !== 'string'))
      throw problem('a list');
  } else if (typeof model === 'object' && model !== null) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw problem('an object');
    for (const [name, part] of Object.entries(model))
      checkShape((value as Record<string, unknown>)[name], part, `${path}.${name}`);
  } else if (typeof value !== typeof model) throw problem(`a ${typeof model}`);
}
