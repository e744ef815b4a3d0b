// The quick start of simple-oauth2: client credentials, at the addresses that it is configured with.
import { ClientCredentials } from 'simple-oauth2';

const { clientId, secret, origin, tenant, scope } = JSON.parse(process.argv[2]);
const client = new ClientCredentials({
  client: { id: clientId, secret },
  auth: { tokenHost: origin, tokenPath: `/${tenant}/oauth2/v2.0/token` },
});
const { token } = await client.getToken({ scope });
console.log(JSON.stringify({ accessToken: token.access_token }));
