// ADAL for Node, which speaks version 1: a service with a secret.
import adal from 'adal-node';

const { authority, resource, clientId, secret } = JSON.parse(process.argv[2]);
const context = new adal.AuthenticationContext(authority, false);
context.acquireTokenWithClientCredentials(resource, clientId, secret, (problem, token) => {
  if (problem) throw problem;
  console.log(JSON.stringify({ accessToken: token.accessToken }));
});
