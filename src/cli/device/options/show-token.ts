import type { Call } from '../../command.ts';
import { escapeWithinLine } from '../../output/terminal.ts';
import type { PrimaryRefreshToken } from '../state/device-state.ts';

/** Tells of a primary refresh token without the token or its session key. */
export function showToken({ values, output }: Call, token: PrimaryRefreshToken, verb: string): void {
  if (values.json) {
    output.say(`${JSON.stringify(publicPart(token), null, 2)}\n`);
    return;
  }
  const { userPrincipalName, kind, methods, expiresAt } = token;
  output.say(
    `${verb} ${escapeWithinLine(userPrincipalName)} with a credential of the kind ${kind} (${escapeWithinLine(methods.join(', '))}), until ${expiresAt}.\n`,
  );
}

/** What of a token may be shown. */
export function publicPart({ token: _, sessionKey: __, ...rest }: PrimaryRefreshToken) {
  return rest;
}
