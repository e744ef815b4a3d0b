import { graphAppId } from '#core/directory/well-known-applications.ts';
import type { TenantContext } from '../../provider/options.ts';
import { findResource, type InstallationNames } from './resources.ts';

/** The appId of the resource a request is for; Graph when it names none that is known. */
export async function resourceIdOf(
  parameter: unknown,
  context: TenantContext,
  names: InstallationNames,
): Promise<string> {
  const indicator = Array.isArray(parameter) ? parameter[0] : parameter;
  if (typeof indicator !== 'string') return graphAppId;
  return (await findResource(indicator, context.applications, names))?.appId ?? graphAppId;
}
