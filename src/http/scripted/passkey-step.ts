import { challengeText, makeChallenge } from '#signin/factors/passkeys.ts';
import type { ServerContext } from '../server-context.ts';
import type { C } from '../sign-in/page-context.ts';
import { configOf, configResponse, refusalResponse } from './answers.ts';
import { allowList } from './passkey-answer.ts';
import { fieldsOf, stepOf } from './scripted-context.ts';

/**
 * `POST /{tenant}/fido/get`, the address `urlFidoLogin` of `$Config`: a challenge for a passkey. Clients send the flow token
 * as `serverChallenge` and `canary`, and continue with the same one, so it is not used up here.
 */
export async function requestAssertion(context: ServerContext, c: C): Promise<Response> {
  const fields = await fieldsOf(c);
  const flowToken = fields.flowtoken ?? fields.serverchallenge ?? fields.canary ?? '';
  const ruling = await stepOf(context, c, { ...fields, flowtoken: flowToken }, { isPoll: true });
  if (ruling.outcome !== 'passed') return refusalResponse(context, c, ruling.because);
  const step = ruling.value;
  const { signIn } = step;
  const { flow, interaction } = signIn;
  const purpose = { purpose: 'signIn', boundTo: interaction.uid, userId: flow.userId } as const;
  const challenge = await makeChallenge(purpose, signIn);
  return configResponse(context, c, {
    ...configOf(context, step),
    sPOST_Username: flow.username ?? '',
    sFidoChallenge: challengeText(challenge),
    arrFidoAllowList: await allowList(signIn),
    sCrossDomainCanary: crypto.randomUUID(),
  });
}
