import type { PresentedFactor } from '#signin/factors/check-factor.ts';
import { parsedResponse } from '#signin/factors/passkeys.ts';
import type { ServerContext } from '../server-context.ts';
import type { SignInPageContext } from '../sign-in/page-context.ts';
import type { Fields, ScriptedStep } from './scripted-context.ts';

/** Ids of the passkeys of the user who was proven before, as clients read them: base64 with padding. Empty at the first factor: the answer must not tell who has one. */
export async function allowList({ flow, ports }: SignInPageContext): Promise<readonly string[]> {
  if (flow.userId === undefined) return [];
  const methods = await ports.methods.ofUser(flow.userId);
  return methods.flatMap((method) =>
    method.kind === 'fido2' ? [Buffer.from(method.credentialId, 'base64url').toString('base64')] : [],
  );
}

/** The passkey's answer in a form: `assertion` is JSON. Undefined where the form has none. */
export function passkeyIn(
  fields: Fields,
  { loginOrigin }: ServerContext,
  { signIn }: ScriptedStep,
): PresentedFactor | undefined {
  const { assertion } = fields;
  if (assertion === undefined) return undefined;
  return {
    kind: 'passkey',
    response: credentialOf(parsedResponse(assertion)),
    origin: loginOrigin,
    boundTo: signIn.interaction.uid,
  };
}

/** Programs send the parts side by side; browsers have all but `id` in `response` (WebAuthn Level 3 §5.1). */
function credentialOf(assertion: unknown): unknown {
  if (typeof assertion !== 'object' || assertion === null) return undefined;
  const { id, response } = assertion as { readonly id?: unknown; readonly response?: unknown };
  const parts = (typeof response === 'object' && response !== null ? response : assertion) as Record<string, unknown>;
  const credentialId = urlSafe(id);
  const { clientDataJSON, authenticatorData, signature, userHandle } = parts;
  return {
    id: credentialId,
    rawId: credentialId,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: urlSafe(clientDataJSON),
      authenticatorData: urlSafe(authenticatorData),
      signature: urlSafe(signature),
      userHandle: urlSafe(userHandle),
    },
  };
}

/** Both alphabets of base64 are read, with padding or without (windows-sign-in §0.5, rule 3). */
const urlSafe = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : undefined;
