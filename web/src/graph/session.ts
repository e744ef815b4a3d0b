import { type AccountInfo, InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-browser';

/** Microsoft Graph is at the host that serves this page. */
export const graphOrigin = location.origin;

const scopes = ['https://graph.microsoft.com/.default'];
const home = `${location.origin}/admin/`;
const signedOutFlag = 'cardea-admin-signed-out';

const client = new PublicClientApplication({
  auth: {
    clientId: document.querySelector<HTMLMetaElement>('meta[name=client-id]')!.content,
    authority: `${location.origin}/organizations`,
    knownAuthorities: [location.host],
    redirectUri: home,
    postLogoutRedirectUri: home,
  },
  cache: { cacheLocation: 'sessionStorage' },
});

let current: AccountInfo | undefined;

/** Who is signed in. */
export interface SignedIn {
  readonly username: string;
  readonly name: string;
  readonly userId: string;
  readonly tenantId: string;
}

/**
 * Takes what the sign-in page answered, and goes there when no user is signed in yet. Resolves to undefined after a
 * sign-out, until {@link signIn}; does not resolve while the browser goes elsewhere.
 */
export async function openSession(): Promise<SignedIn | undefined> {
  await client.initialize();
  const result = await client.handleRedirectPromise();
  current = result?.account ?? client.getAllAccounts()[0];
  if (current) return describe(current);
  if (sessionStorage.getItem(signedOutFlag)) return undefined;
  return signIn();
}

/** Goes to the sign-in page, and comes back to the same address. */
export async function signIn(): Promise<never> {
  sessionStorage.removeItem(signedOutFlag);
  await client.loginRedirect({ scopes });
  return new Promise<never>(() => {});
}

/** Goes to the sign-in page to choose another account. */
export async function switchAccount(): Promise<void> {
  await client.loginRedirect({ scopes, prompt: 'select_account', redirectStartPage: home });
}

/** Ends the session at the server, and comes back to a page that says so. */
export async function signOut(): Promise<void> {
  sessionStorage.setItem(signedOutFlag, 'yes');
  await client.logoutRedirect(current ? { account: current } : {});
}

/** An access token for Graph, renewed where needed. `claims` is what a claims challenge of Graph asks for. */
export async function accessToken(
  options: { readonly refresh?: boolean; readonly claims?: string } = {},
): Promise<string> {
  const request = { scopes, account: current!, ...(options.claims && { claims: options.claims }) };
  if (options.claims) {
    await client.acquireTokenRedirect(request);
    return new Promise<never>(() => {});
  }
  try {
    return (await client.acquireTokenSilent({ ...request, forceRefresh: options.refresh ?? false })).accessToken;
  } catch (problem) {
    if (!(problem instanceof InteractionRequiredAuthError)) throw problem;
    await client.acquireTokenRedirect(request);
    return new Promise<never>(() => {});
  }
}

function describe({ username, name, localAccountId, tenantId }: AccountInfo): SignedIn {
  return { username, name: name || username, userId: localAccountId, tenantId };
}
