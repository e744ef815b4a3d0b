import { fault } from '#core/trace/fault.ts';
import type { PinAttempts } from '#keys/token/pin-attempts.ts';
import { findSigningToken, openSigningToken, type SigningToken } from '#keys/token/signing-token.ts';
import type { Config } from '../../config.ts';
import { custodyVariables, secretFrom } from './custody.ts';

const pinName = 'CARDEA_SIGNING_TOKEN_PIN';

/** The variables that name the PIN of the token with the signing keys. */
export const tokenPinVariables: readonly string[] = custodyVariables(pinName);

/** The token with the signing keys and its label; undefined where the settings name none. Nothing is opened yet. */
export function signingTokenOf(
  { signingTokenModule: module, signingTokenLabel: label }: Config,
  pinAttempts: PinAttempts,
): { readonly token: SigningToken; readonly label: string } | undefined {
  if (module === undefined || label === undefined) return undefined;
  return { label, token: openSigningToken({ module, label, pin: () => pinOf(label), pinAttempts }) };
}

/** Looks for the token of the settings and its PIN, which is not used. @throws settingInvalid, signingTokenUnavailable */
export async function checkSigningToken({
  signingTokenModule: module,
  signingTokenLabel: label,
}: Config): Promise<void> {
  if (module === undefined || label === undefined) return;
  await findSigningToken({ module, label });
  pinOf(label);
}

function pinOf(token: string): string {
  const secret = secretFrom(pinName, process.env);
  if (secret) return secret.text;
  throw fault('signingTokenUnavailable', { token, problem: `${pinName} is not set` });
}
