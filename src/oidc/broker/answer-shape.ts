import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AnswerShape } from '../endpoints/request-notes.ts';
import { toFirstVersion } from './first-version.ts';

/** Gives the answer of the token endpoint the shape that its request asks for: version 1, and encrypted for a device. */
export function shapeAnswer(ctx: KoaContextWithOIDC, shape: AnswerShape, at: Date): void {
  const body = ctx.body as Record<string, unknown>;
  const versioned = shape.version === 1 ? toFirstVersion(body, shape.resource, at) : body;
  const answer = shape.isTokenless ? withoutAccessToken(versioned) : versioned;
  const encrypted = shape.encrypt?.(answer);
  ctx.body = encrypted ?? answer;
  if (encrypted !== undefined) ctx.set('content-type', 'application/json; charset=utf-8');
}

/** A request that names no resource gets no access token (windows-sign-in §3.9). */
function withoutAccessToken({ access_token: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
