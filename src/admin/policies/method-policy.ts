import { checkX509Configuration } from '#core/binding/check-configuration.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import { messageOf } from '#core/trace/fault.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Policies } from '#ports/policies.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';
import { type UnknownScope, withKnownScopes } from '../trust/authority/authority-scopes.ts';

export interface MethodPolicyPorts extends Pick<AdminPorts, 'policy' | 'groups' | 'trustStore'> {
  readonly policies: Policies;
}
type Change = (old: X509CertificateConfiguration) => X509CertificateConfiguration;

/**
 * Changes the X509Certificate method. Call it within `changeTenant`: then what is written was decided on what it replaces.
 * Refuses with graphPropertyInvalid with a JSON pointer to the first thing wrong, graphMethodTargetUnknown,
 *   policyEditedMeanwhile for a change by another writer outside of a transaction, what `work` throws.
 */
export async function changeX509(
  work: Change,
  { actor, ports }: AdminContext<MethodPolicyPorts>,
): Promise<Ruling<X509CertificateConfiguration>> {
  const { version, x509 } = await ports.policies.current();
  const x509Ruling = await checkedX509(work(x509), ports);
  if (x509Ruling.outcome !== 'passed') return x509Ruling;
  const configuration = x509Ruling.value;
  const policyRuling = await rulingOf(() => ports.policy.setX509(configuration, actor, version));
  if (policyRuling.outcome !== 'passed') return policyRuling;
  return success(configuration);
}

/**
 * The configuration with the scopes of CAs that are in the trust store. `onUnknownScope` gets each other one; without it, they are
 * refused. Refuses with graphPropertyInvalid with a JSON pointer to the first thing wrong, graphMethodTargetUnknown.
 */
export async function checkedX509(
  configuration: X509CertificateConfiguration,
  ports: Omit<MethodPolicyPorts, 'policies'>,
  onUnknownScope?: (unknown: UnknownScope) => void,
): Promise<Ruling<X509CertificateConfiguration>> {
  const knownScopesRuling = await withKnownScopes(configuration, ports, onUnknownScope);
  if (knownScopesRuling.outcome !== 'passed') return knownScopesRuling;
  const target = knownScopesRuling.value;
  const checkRuling = await check(target, ports);
  if (checkRuling.outcome !== 'passed') return checkRuling;
  return success(target);
}

/** Back to the factory settings (graph-api §3.1: DELETE). */
export const resetX509 = ({ actor, ports }: AdminContext<MethodPolicyPorts>) =>
  changeX509(() => defaultX509CertificateConfiguration, { actor, ports });

async function check(
  configuration: X509CertificateConfiguration,
  { groups }: Pick<MethodPolicyPorts, 'groups'>,
): Promise<Ruling<void>> {
  const [issue] = checkX509Configuration(configuration);
  if (issue) return refused('graphPropertyInvalid', { target: issue.target, problem: messageOf(issue.because) });
  const scope = configuration.certificateAuthorityScopes.flatMap(({ includeTargets }) => includeTargets);
  for (const { id } of [...configuration.includeTargets, ...configuration.excludeTargets, ...scope]) {
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase())))
      return refused('graphMethodTargetUnknown', { id });
  }
  return success();
}
