import { AuthError, PublicClientApplication } from '@azure/msal-node';
import type { CardInReader } from '../../../src/cli/browser.ts';
import { visit } from '../person.ts';
import { answerOfProgram, askedOfProgram } from '../program.ts';

/** A native application with MSAL: authorization code with PKCE on a loopback address, then silently by the refresh token. */
const { origin, scopes, claims, ...asked } = askedOfProgram<{
  origin: string;
  tenant: string;
  clientId: string;
  username: string;
  card: CardInReader;
  scopes: string[];
  claims?: string;
}>();
const application = new PublicClientApplication({
  auth: {
    clientId: asked.clientId,
    authority: `${origin}/${asked.tenant}`,
    knownAuthorities: [new URL(origin).host],
    clientCapabilities: ['cp1'],
  },
});
try {
  const first = await application.acquireTokenInteractive({
    scopes,
    ...(claims === undefined ? {} : { claims }),
    async openBrowser(address) {
      const { url, posts } = await visit(new URL(address), { ...asked, until: 'http://localhost' });
      if (!posts) throw new Error(`no answer at ${url.href}`);
      await fetch(url, { method: 'POST', body: new URLSearchParams(posts) });
    },
  });
  const account = first.account!;
  const cached = await application.acquireTokenSilent({ account, scopes });
  const again = await application.acquireTokenSilent({ account, scopes, forceRefresh: true });
  answerOfProgram({ first, cached, again });
} catch (problem) {
  if (!(problem instanceof AuthError)) throw problem;
  const { name, errorCode, errorMessage } = problem;
  answerOfProgram({ refused: { name, errorCode, errorMessage } });
}
