// The page of the sample single-page application: MSAL keeps the tokens, this only asks it for them.
const { clientId } = document.querySelector('main').dataset;
const client = new msal.PublicClientApplication({
  auth: {
    clientId,
    authority: `${location.origin}/organizations`,
    knownAuthorities: [location.host],
    redirectUri: `${location.origin}/spa`,
    postLogoutRedirectUri: `${location.origin}/spa`,
  },
  cache: { cacheLocation: 'sessionStorage' },
});
const scopes = [`api://${clientId}/payslips.read`];
const wantsPayslip = 'spa-wants-payslip';

const element = (id) => document.getElementById(id);
const show = (id, text) => {
  element(id).hidden = false;
  element(id).textContent = text;
};
const account = () => client.getAllAccounts()[0];
const on = (id, action) =>
  element(id).addEventListener('click', () => action().catch((problem) => show('problem', problem.message)));

/** A token without a word to the person: from the cache, or for the refresh token. */
async function renew() {
  const result = await client.acquireTokenSilent({ scopes, account: account(), forceRefresh: true });
  show('renewed', `A new access token came silently; it expires at ${result.expiresOn.toLocaleTimeString()}.`);
}

/** Asks the API; when it wants more than the token attests, goes to get that and comes back. */
async function openPayslip(token) {
  const { accessToken } = token ?? (await client.acquireTokenSilent({ scopes, account: account() }));
  const answer = await fetch('/spa/api/payslip', { headers: { authorization: `Bearer ${accessToken}` } });
  const challenge = /claims="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
  if (answer.status === 401 && challenge && !token) {
    sessionStorage.setItem(wantsPayslip, 'yes');
    return client.acquireTokenRedirect({ scopes, account: account(), claims: atob(challenge) });
  }
  show('payslip', answer.ok ? (await answer.json()).payslip : `The API answered ${answer.status}.`);
}

async function start() {
  await client.initialize();
  const result = await client.handleRedirectPromise();
  on('sign-in', () => client.loginRedirect({ scopes }));
  on('renew', renew);
  on('open-payslip', () => openPayslip());
  on('sign-out', () => client.logoutRedirect({ account: account() }));
  const who = result?.account ?? account();
  element(who ? 'inside' : 'outside').hidden = false;
  if (who) show('who', who.username);
  if (result && sessionStorage.getItem(wantsPayslip)) {
    sessionStorage.removeItem(wantsPayslip);
    await openPayslip(result);
  }
}

start().catch((problem) => show('problem', problem.message));
