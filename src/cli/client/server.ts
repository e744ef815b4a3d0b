import { z } from 'zod';
import { myAppsId } from '#admin/applications/first-party.ts';
import { fault } from '#core/trace/fault.ts';
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
 * @throws commandMisused, serverAddressUnknown
 */
export async function loginOriginFor(call: Pick<Call, 'values' | 'elsewhere'>): Promise<string> {
  const url = text(call, 'url');
  if (url !== undefined) return originOf(url);
  // My Apps has the same address in every tenant, and the user's may not be known yet.
  const [tenant] = await listElsewhere(call, tenants, 'tenant');
  const list = tenant ? await listElsewhere(call, applications, 'app', '--tenant', tenant.id) : [];
  const uri = list.find(({ appId }) => appId === myAppsId)?.redirectUris[0];
  return uri === undefined ? usualOrigin : originOf(uri);
}

/** What a list of the installation has; nothing where there is no installation. @throws serverAddressUnknown */
async function listElsewhere<T>(
  { elsewhere }: Pick<Call, 'elsewhere'>,
  shape: z.ZodType<T[]>,
  group: string,
  ...options: string[]
): Promise<T[]> {
  const { exit, out } = await elsewhere([group, 'list', '--json', ...options]);
  if (exit === 0) return readJson(shape, out) ?? [];
  const error = readJson(failure, out)?.error;
  if (error?.code === 'installationMissing') return [];
  throw fault('serverAddressUnknown', { problem: error?.message ?? `"cardea ${group} list" failed` });
}

/** What a command prints with `--json` when it fails. */
const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** What `tenant list` prints. */
const tenants = z.array(z.object({ id: z.string() }));

/** What `app list` prints. */
const applications = z.array(z.object({ appId: z.string(), redirectUris: z.array(z.string()) }));
