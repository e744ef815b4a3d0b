import type { TenantDoor } from './options.ts';
import { findResource } from './resources.ts';
import { graphAppId } from './scopes.ts';

/** The appId of the resource a request is for; Graph when it names none that is known. */
export async function resourceIdOf(parameter: unknown, door: TenantDoor, publicOrigin: string): Promise<string> {
  const indicator = Array.isArray(parameter) ? parameter[0] : parameter;
  if (typeof indicator !== 'string') return graphAppId;
  return (await findResource(indicator, door.applications, publicOrigin))?.appId ?? graphAppId;
}
