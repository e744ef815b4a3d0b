import '#server/reasons/join.ts';
import { AuthError, PublicClientApplication } from '@azure/msal-node';
import type { CardInReader } from '#cli/client/browser.ts';
import { signInAt } from '../person.ts';
import { answerOfProgram, programInput } from '../program.ts';

/** A native application with MSAL: authorization code with PKCE on a loopback address, then silently by the refresh token. */
const { origin, scopes, claims, laterClaims, ...input } = programInput<{
  origin: string;
  tenant: string;
  clientId: string;
  username: string;
  card: CardInReader;
  scopes: string[];
  /** Asked for with the first token, and with the one after it. */
  claims?: string;
  laterClaims?: string;
}>();
const application = new PublicClientApplication({
  auth: {
    clientId: input.clientId,
    authority: `${origin}/${input.tenant}`,
    knownAuthorities: [new URL(origin).host],
    clientCapabilities: ['cp1'],
  },
});
try {
  const first = await application.acquireTokenInteractive({
    scopes,
    ...(claims === undefined ? {} : { claims }),
    async openBrowser(address) {
      const { url, posts, body } = await signInAt(new URL(address), { ...input, until: 'http://localhost' });
      if (!posts) return answerOfProgram({ page: body });
      await fetch(url, { method: 'POST', body: new URLSearchParams(posts) });
    },
  });
  const account = first.account!;
  const cacheEntry = await application.acquireTokenSilent({ account, scopes });
  const again = await application.acquireTokenSilent({ account, scopes, forceRefresh: true });
  const more = laterClaims === undefined ? {} : { claims: laterClaims };
  const later = await application.acquireTokenSilent({ account, scopes, ...more, forceRefresh: true });
  answerOfProgram({ first, cached: cacheEntry, again, later });
} catch (problem) {
  if (!(problem instanceof AuthError)) throw problem;
  const { name, errorCode, errorMessage } = problem;
  answerOfProgram({ refused: { name, errorCode, errorMessage } });
}
