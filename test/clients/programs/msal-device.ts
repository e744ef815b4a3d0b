import '#server/reasons/join.ts';
import { AuthError, PublicClientApplication } from '@azure/msal-node';
import type { CardInReader } from '#cli/client/browser.ts';
import { signInAt } from '../person.ts';
import { answerOfProgram, programInput } from '../program.ts';

/** A program on a machine without a browser: the person signs in on another one. */
const { origin, scopes, ...input } = programInput<{
  origin: string;
  tenant: string;
  clientId: string;
  username: string;
  card: CardInReader;
  scopes: string[];
  agrees: boolean;
}>();
const application = new PublicClientApplication({
  auth: {
    clientId: input.clientId,
    authority: `${origin}/${input.tenant}`,
    knownAuthorities: [new URL(origin).host],
  },
});
let lastPage = '';
try {
  const result = await application.acquireTokenByDeviceCode({
    scopes,
    deviceCodeCallback({ verificationUri, userCode, message }) {
      if (!message.includes(userCode)) throw new Error(message);
      signInAt(new URL(verificationUri), { ...input, userCode }).then(({ body }) => {
        lastPage = body;
      });
    },
  });
  const silent = await application.acquireTokenSilent({ account: result!.account!, scopes, forceRefresh: true });
  answerOfProgram({ result, silent, lastPage });
} catch (problem) {
  if (!(problem instanceof AuthError)) throw problem;
  const { name, errorCode, errorMessage } = problem;
  answerOfProgram({ refused: { name, errorCode, errorMessage }, lastPage });
}
