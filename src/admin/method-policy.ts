import { checkX509Configuration } from '../core/binding/check-configuration.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '../core/binding/policy.ts';
import { withX509 } from '../core/policy.ts';
import { fault, wordsOf } from '../core/trace/fault.ts';
import type { AdminPorts, Policies, Ports } from '../ports.ts';
import { checkAuthorityScopes } from './authority-scopes.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { untilAlone } from './edit-trust-store.ts';
import type { Safeguard } from './safeguard.ts';

export interface MethodPolicyPorts extends Pick<AdminPorts, 'policy' | 'groups' | 'trustStore'> {
  readonly policies: Policies;
  /** Looks at a change before it is made; without one it is made whomever it shuts out. */
  readonly safeguard?: Safeguard | undefined;
}
type Change = (old: X509CertificateConfiguration) => X509CertificateConfiguration;

/**
 * Changes the X509Certificate method as one step: what is written was decided on what it replaces.
 * @throws graphPropertyInvalid with a JSON pointer to the first thing wrong, graphMethodTargetUnknown,
 *   lastAdministratorShutOut, whatever `work` throws
 */
export function changeX509(
  work: Change,
  actor: string,
  ports: MethodPolicyPorts,
): Promise<X509CertificateConfiguration> {
  return untilAlone(async () => {
    const { version, x509 } = await ports.policies.current();
    const wanted = await checked(work(x509), ports);
    const judged = (await ports.safeguard?.((now) => withX509(now, wanted))) ?? version;
    if (judged !== version) throw fault('policyEditedMeanwhile', {});
    await ports.policy.setX509(wanted, actor, version);
    return wanted;
  });
}

/** What the change would do to the sign-ins of the last thirty days. @throws as {@link changeX509} */
export async function rehearseX509(work: Change, at: Date, ports: MethodPolicyPorts & Ports): Promise<DryRun> {
  const wanted = await checked(work((await ports.policies.current()).x509), ports);
  return dryRun((now) => withX509(now, wanted), at, ports);
}

async function checked(
  configuration: X509CertificateConfiguration,
  ports: MethodPolicyPorts,
): Promise<X509CertificateConfiguration> {
  const wanted = await withContainerIds(configuration, ports);
  await check(wanted, ports);
  return wanted;
}

/** Back to the factory settings (graph-api §3.1: DELETE). */
export const resetX509 = (actor: string, ports: MethodPolicyPorts) =>
  changeX509(() => defaultX509CertificateConfiguration, actor, ports);

async function check(configuration: X509CertificateConfiguration, { groups }: MethodPolicyPorts): Promise<void> {
  const [issue] = checkX509Configuration(configuration);
  if (issue) throw fault('graphPropertyInvalid', { target: issue.target, problem: wordsOf(issue.because) });
  const scoped = configuration.certificateAuthorityScopes.flatMap(({ includeTargets }) => includeTargets);
  for (const { id } of [...configuration.includeTargets, ...configuration.excludeTargets, ...scoped]) {
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase()))) throw fault('graphMethodTargetUnknown', { id });
  }
}

/** A scope may name its container by id or by name; the id is kept, so that a new name changes nothing (CAS-5). */
async function withContainerIds(
  configuration: X509CertificateConfiguration,
  { trustStore }: MethodPolicyPorts,
): Promise<X509CertificateConfiguration> {
  if (configuration.certificateAuthorityScopes.length === 0) return configuration;
  const state = await trustStore.state();
  const { containers } = state;
  const certificateAuthorityScopes = configuration.certificateAuthorityScopes.map((scope) => {
    const wanted = scope.publicKeyInfrastructureIdentifier;
    const found = containers.find(({ id, displayName }) => [id, displayName].includes(wanted));
    return found ? { ...scope, publicKeyInfrastructureIdentifier: found.id } : scope;
  });
  checkAuthorityScopes(certificateAuthorityScopes, state);
  return { ...configuration, certificateAuthorityScopes };
}
