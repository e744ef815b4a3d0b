import { sessionUidOfCode } from '#core/token/provider-records.ts';
import type { Broker, Encrypt } from '#signin/device/broker.ts';
import { browserSessionOfDevice } from '#signin/device/browser-session.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import type { TenantContext } from '../provider/options.ts';

/** The id of the primary refresh token behind a browser session; undefined where it rests on none. */
export async function boundTo(
  sessionUid: string,
  { oidcRecords }: Pick<TenantContext, 'oidcRecords'>,
): Promise<string | undefined> {
  return (await browserSessionOfDevice(sessionUid, oidcRecords))?.primary;
}

/**
 * How the answer to a code is encrypted, where a browser got the code with a primary refresh token and a broker redeems it
 * (windows-sign-in §3.9); undefined for every other request.
 */
export async function encryptionOfCode(
  form: TokenForm,
  broker: Broker | undefined,
  { tenant, oidcRecords }: Pick<TenantContext, 'tenant' | 'oidcRecords'>,
): Promise<Encrypt | undefined> {
  const { grant_type: grantType, windows_api_version: version, code: text = '' } = form.fields;
  const isOfBroker = grantType === 'authorization_code' && version !== undefined;
  const code = isOfBroker ? await oidcRecords.find('AuthorizationCode', text.slice(0, 200)) : undefined;
  const session = code && (await browserSessionOfDevice(sessionUidOfCode(code) ?? '', oidcRecords));
  return session?.sessionKey === undefined ? undefined : broker?.encryptFor(session.sessionKey, form, tenant.id);
}
