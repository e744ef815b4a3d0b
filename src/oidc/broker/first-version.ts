import { graphAppId } from '#core/directory/well-known-applications.ts';
import type { Form } from '#schema/form.ts';
import type { tokenParameters } from '#signin/device/token-form.ts';
import type { authorizeParameters } from '../endpoints/parameters.ts';
import { openIdScopes } from '../tokens/resources/scopes.ts';

/**
 * A request of version 1 in the words of version 2 (windows-sign-in §0.5, rule 9): it names a resource and gets everything that
 * was granted there, and always a refresh token.
 */
export const fromFirstVersion = <Schema extends typeof tokenParameters | typeof authorizeParameters>(
  form: Form<Schema>,
  { resource: [first], grant_type }: { readonly resource: readonly string[]; readonly grant_type?: string | undefined },
): Form<Schema> => form.with({ resource: undefined, scope: scopeOf(first?.trim() || undefined, grant_type) });

function scopeOf(resource: string | undefined, grantType: string | undefined): string {
  if (grantType === 'client_credentials') return `${resource ?? graphAppId}/.default`;
  const openId = [...openIdScopes, 'offline_access'];
  return [...openId, ...(resource === undefined ? [] : [`${resource}/.default`])].join(' ');
}

/** An answer of version 2 as version 1 has it: counts of seconds are texts, and the resource is named. */
export function toFirstVersion(
  body: Readonly<Record<string, unknown>>,
  resource: string | undefined,
  at: Date,
): Record<string, unknown> {
  const seconds = Number(body.expires_in);
  if (!Number.isFinite(seconds)) return { ...body };
  const now = Math.floor(at.getTime() / 1000);
  return {
    ...body,
    expires_in: String(seconds),
    ext_expires_in: String(seconds),
    expires_on: String(now + seconds),
    not_before: String(now),
    ...(resource ? { resource } : {}),
  };
}
