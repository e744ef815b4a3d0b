import { z } from 'zod';
import { myAppsId } from '#admin/applications/first-party.ts';
import { readJson } from '#schema/json.ts';
import { type Call, type Option, text } from '../command.ts';
import { originOf, usualOrigin } from './network.ts';

/** The server that a command connects to as a client. */
export const urlOption: Option = {
  type: 'string',
  value: 'URL',
  help: `Address of the server (default: that of the data folder, or ${usualOrigin}).`,
};

/**
 * The login origin that {@link urlOption} names, or else that of the server of this data folder, whatever port it has: My Apps leads to it.
 * @throws commandMisused
 */
export async function loginOriginFor(call: Call): Promise<string> {
  const url = text(call, 'url');
  if (url !== undefined) return originOf(url);
  // My Apps has the same address in every tenant, and the user's may not be known yet.
  const [tenant] = readJson(tenants, (await call.elsewhere(['tenant', 'list', '--json'])) ?? '[]') ?? [];
  const out = tenant && (await call.elsewhere(['app', 'list', '--json', '--tenant', tenant.id]));
  const list = readJson(applications, out ?? '[]') ?? [];
  const uri = list.find(({ appId }) => appId === myAppsId)?.redirectUris[0];
  return uri === undefined ? usualOrigin : originOf(uri);
}

/** What `tenant list` prints. */
const tenants = z.array(z.object({ id: z.string() }));

/** What `app list` prints. */
const applications = z.array(z.object({ appId: z.string(), redirectUris: z.array(z.string()) }));
