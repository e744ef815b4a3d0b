import { checkX509Configuration } from '#core/binding/check-configuration.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import { fault, wordsOf } from '#core/trace/fault.ts';
import type { Policies } from '#ports/policies.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { type UnknownScope, withKnownScopes } from '../trust/authority-scopes.ts';

export interface MethodPolicyPorts extends Pick<AdminPorts, 'policy' | 'groups' | 'trustStore'> {
  readonly policies: Policies;
}
type Change = (old: X509CertificateConfiguration) => X509CertificateConfiguration;

/**
 * Changes the X509Certificate method. Call it within `changeTenant`: then what is written was decided on what it replaces.
 * @throws graphPropertyInvalid with a JSON pointer to the first thing wrong, graphMethodTargetUnknown,
 *   policyEditedMeanwhile for a change by another writer outside of a transaction, what `work` throws
 */
export async function changeX509(
  work: Change,
  { actor, ports }: AdminContext<MethodPolicyPorts>,
): Promise<X509CertificateConfiguration> {
  const { version, x509 } = await ports.policies.current();
  const configuration = await checkedX509(work(x509), ports);
  await ports.policy.setX509(configuration, actor, version);
  return configuration;
}

/**
 * The configuration with the scopes of CAs that are in the trust store. `onUnknownScope` gets each other one; without it, they are
 * refused. @throws graphPropertyInvalid with a JSON pointer to the first thing wrong, graphMethodTargetUnknown
 */
export async function checkedX509(
  configuration: X509CertificateConfiguration,
  ports: Omit<MethodPolicyPorts, 'policies'>,
  onUnknownScope?: (unknown: UnknownScope) => void,
): Promise<X509CertificateConfiguration> {
  const target = await withKnownScopes(configuration, ports, onUnknownScope);
  await check(target, ports);
  return target;
}

/** Back to the factory settings (graph-api §3.1: DELETE). */
export const resetX509 = ({ actor, ports }: AdminContext<MethodPolicyPorts>) =>
  changeX509(() => defaultX509CertificateConfiguration, { actor, ports });

async function check(
  configuration: X509CertificateConfiguration,
  { groups }: Pick<MethodPolicyPorts, 'groups'>,
): Promise<void> {
  const [issue] = checkX509Configuration(configuration);
  if (issue) throw fault('graphPropertyInvalid', { target: issue.target, problem: wordsOf(issue.because) });
  const scope = configuration.certificateAuthorityScopes.flatMap(({ includeTargets }) => includeTargets);
  for (const { id } of [...configuration.includeTargets, ...configuration.excludeTargets, ...scope]) {
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase()))) throw fault('graphMethodTargetUnknown', { id });
  }
}
