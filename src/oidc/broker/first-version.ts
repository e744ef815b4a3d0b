import { graphAppId } from '../tokens/resources/scopes.ts';

/**
 * A request of version 1 in the words of version 2 (windows-sign-in §0.5, rule 9): it names a resource and gets everything that
 * was granted there, and always a refresh token.
 */
export function fromFirstVersion(parameters: URLSearchParams): URLSearchParams {
  const translation = new URLSearchParams(parameters);
  translation.delete('resource');
  const resource = parameters.get('resource')?.trim() || undefined;
  if (parameters.get('grant_type') === 'client_credentials') {
    translation.set('scope', `${resource ?? graphAppId}/.default`);
    return translation;
  }
  const scopes = [
    'openid',
    'profile',
    'email',
    'offline_access',
    ...(resource === undefined ? [] : [`${resource}/.default`]),
  ];
  translation.set('scope', scopes.join(' '));
  return translation;
}

/** An answer of version 2 as version 1 has it: counts of seconds are texts, and the resource is named. */
export function toFirstVersion(
  body: Readonly<Record<string, unknown>>,
  resource: string | null | undefined,
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
