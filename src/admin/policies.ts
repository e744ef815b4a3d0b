import { checkX509Configuration } from '../core/binding/check-configuration.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '../core/binding/policy.ts';
import { withX509 } from '../core/policy.ts';
import { CardeaError, fault } from '../core/trace/fault.ts';
import type { AdminPorts } from '../ports.ts';
import { untilAlone } from './edit-trust-store.ts';
import type { Safeguard } from './safeguard.ts';

/** The decisions of a tenant that are kept as documents, in Graph's spelling. */
export interface PolicyDocument {
  readonly x509Certificate: X509CertificateConfiguration;
}

export async function policyOf(ports: Pick<AdminPorts, 'policy'>): Promise<PolicyDocument> {
  return { x509Certificate: await ports.policy.x509() };
}

/**
 * Makes the tenant's policy what the document says; what it leaves out of the method's configuration becomes the factory
 * setting. Answers what it was before. @throws policyDocumentUnreadable, or the first thing wrong with the configuration
 */
export async function applyPolicy(
  document: unknown,
  actor: string,
  ports: PolicyPorts,
  options: { readonly dryRun: boolean },
): Promise<{ readonly before: PolicyDocument; readonly after: PolicyDocument }> {
  const wanted = document as { x509Certificate?: Partial<X509CertificateConfiguration> } | null;
  if (typeof wanted?.x509Certificate !== 'object') {
    throw fault('policyDocumentUnreadable', { problem: 'it has no object x509Certificate' });
  }
  const x509Certificate = { ...defaultX509CertificateConfiguration, ...wanted.x509Certificate };
  checkShape(x509Certificate, defaultX509CertificateConfiguration, 'x509Certificate');
  const [issue] = checkX509Configuration(x509Certificate);
  if (issue) throw new CardeaError(issue.because);
  const before = await policyOf(ports);
  const changed = JSON.stringify(before.x509Certificate) !== JSON.stringify(x509Certificate);
  if (changed && !options.dryRun) await setX509(x509Certificate, actor, ports);
  return { before, after: { x509Certificate } };
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
