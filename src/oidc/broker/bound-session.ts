import type { TenantContext } from '../provider/options.ts';

/** The record that says which primary refresh token a browser session rests on. */
export const deviceSessionModel = 'DeviceSession';

/** The id of the primary refresh token behind a browser session; undefined where it rests on none. */
export async function boundTo(
  sessionUid: string,
  context: Pick<TenantContext, 'oidcRecords'>,
): Promise<string | undefined> {
  if (sessionUid === '') return undefined;
  const record = await context.oidcRecords.find(deviceSessionModel, sessionUid);
  return typeof record?.primary === 'string' ? record.primary : undefined;
}
