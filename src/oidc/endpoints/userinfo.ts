import type { IncomingMessage } from 'node:http';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { pairwiseSubject } from '#core/token/claims.ts';
import { checkConfirmation } from '#core/token/confirmation.ts';
import { issuersOf } from '#core/token/version.ts';
import { messageOf } from '#core/trace/fault.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { certificateReader, tokenIn } from '../provider/client-certificate.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { isGraphAudience, keyNamedIn } from '../tokens/check-access-token.ts';
import { isAccessToken } from '../tokens/kinds/token-kind.ts';
import { verificationKeys } from './metadata.ts';

/** Claims of the person a Graph access token was made for. The tenant is the one that signed it. Refuses with accessTokenRejected. */
export async function userinfo(req: IncomingMessage, options: OidcOptions): Promise<Ruling<Record<string, unknown>>> {
  const token = tokenIn(req.headers.authorization);
  if (!token) return rejection('there is none in the Authorization header');
  try {
    const context = await options.forTenant(String(decodeJwt(token).tid));
    return context
      ? await claimsOf(token, context, options, certificateReader(req, options))
      : rejection('its tenant is unknown');
  } catch (problem) {
    if (!(problem instanceof errors.JOSEError)) throw problem;
    return rejection(problem.code);
  }
}

const rejection = (problem: string) => refused('accessTokenRejected', { problem });

async function claimsOf(
  token: string,
  context: TenantContext,
  options: OidcOptions,
  certificateOf: () => Uint8Array | undefined,
): Promise<Ruling<Record<string, unknown>>> {
  const issuer = issuersOf(options.publicOrigin, context.tenant.id);
  const keys = verificationKeys(await context.signingKeys.current(keyNamedIn(token)), issuer[0]!);
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer,
    currentDate: context.clock.now(),
  });
  if (!isAccessToken({ protectedHeader, payload })) return rejection('it is not an access token');
  if (!isGraphAudience(payload.aud, options)) return rejection('its audience is another API');
  const proof = checkConfirmation(payload.cnf, certificateOf);
  if (proof.outcome !== 'passed') return rejection(messageOf(proof.because));
  const scopes = String(payload.scp ?? '').split(' ');
  if (!scopes.includes('openid')) return rejection('it lacks the scope openid');
  const user = await context.directory.user(String(payload.oid));
  if (!user?.accountEnabled) return rejection('its user can no longer sign in');
  const validFrom = Date.parse(user.signInSessionsValidFromDateTime ?? '');
  if (((payload.iat ?? 0) + 1) * 1000 <= validFrom)
    return rejection('the sign-ins of its user were revoked after it was issued');
  return success({
    sub: pairwiseSubject(user.id, { tenantId: context.tenant.id, clientId: String(payload.appid) }),
    ...(scopes.includes('profile') ? { name: user.displayName } : {}),
    ...(scopes.includes('email') && user.mail !== undefined ? { email: user.mail } : {}),
  });
}
