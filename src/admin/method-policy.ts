import { checkX509Configuration } from '../core/binding/check-configuration.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '../core/binding/policy.ts';
import { CardeaError, fault, wordsOf } from '../core/trace/fault.ts';
import type { AdminPorts, Policies } from '../ports.ts';

type Ports = Pick<AdminPorts, 'policy' | 'groups' | 'trustStore'> & { readonly policies: Policies };

/** How often a change is tried again when another administrator was faster. */
const attempts = 10;

/**
 * Changes the X509Certificate method as one step: what is written was decided on what it replaces.
 * @throws graphPropertyInvalid with a JSON pointer to the first thing wrong, graphMethodTargetUnknown, whatever `work` throws
 */
export async function changeX509(
  work: (old: X509CertificateConfiguration) => X509CertificateConfiguration,
  actor: string,
  ports: Ports,
): Promise<X509CertificateConfiguration> {
  for (let attempt = 1; ; attempt++) {
    const { version, x509 } = await ports.policies.current();
    const wanted = await withContainerIds(work(x509), ports);
    await check(wanted, ports);
    try {
      await ports.policy.setX509(wanted, actor, version);
      return wanted;
    } catch (problem) {
      const wasFaster = problem instanceof CardeaError && problem.because.code === 'policyEditedMeanwhile';
      if (!wasFaster || attempt === attempts) throw problem;
    }
  }
}

/** Back to the factory settings (graph-api §3.1: DELETE). */
export const resetX509 = (actor: string, ports: Ports) =>
  changeX509(() => defaultX509CertificateConfiguration, actor, ports);

async function check(configuration: X509CertificateConfiguration, { groups }: Ports): Promise<void> {
  const [issue] = checkX509Configuration(configuration);
  if (issue) throw fault('graphPropertyInvalid', { target: issue.target, problem: wordsOf(issue.because) });
  const scoped = configuration.certificateAuthorityScopes.flatMap(({ includeTargets }) => includeTargets);
  for (const { id } of [...configuration.includeTargets, ...configuration.excludeTargets, ...scoped]) {
    if (id !== 'all_users' && !(await groups.find(id.toLowerCase()))) throw fault('graphMethodTargetUnknown', { id });
  }
}

/** A scope may name its container by id or by name; the id is kept, so that a new name changes nothing (C-11). */
async function withContainerIds(
  configuration: X509CertificateConfiguration,
  { trustStore }: Ports,
): Promise<X509CertificateConfiguration> {
  if (configuration.certificateAuthorityScopes.length === 0) return configuration;
  const { containers } = await trustStore.state();
  return {
    ...configuration,
    certificateAuthorityScopes: configuration.certificateAuthorityScopes.map((scope) => {
      const wanted = scope.publicKeyInfrastructureIdentifier;
      const found = containers.find(({ id, displayName }) => [id, displayName].includes(wanted));
      return found ? { ...scope, publicKeyInfrastructureIdentifier: found.id } : scope;
    }),
  };
}
