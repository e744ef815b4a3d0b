import * as client from 'openid-client';
import { Agent, fetch } from 'undici';
import { answerOfProgram, programInput } from '../program.ts';

/** A service with openid-client that proves itself by its client certificate, and uses its bound token at Graph. */
const { origin, tenant, clientId, cert, key, trust } = programInput<{
  origin: string;
  tenant: string;
  clientId: string;
  cert: string;
  key: string;
  trust: string;
}>();
// *.localhost is this computer (RFC 6761 §6.3); not every resolver of a container knows it.
const lookup = (_: string, options: { all?: boolean }, answer: (...words: unknown[]) => void) =>
  options.all ? answer(null, [{ address: '127.0.0.1', family: 4 }]) : answer(null, '127.0.0.1', 4);
const agent = new Agent({ connect: { cert, key, ca: trust, lookup } as never });
const overTls = (url: string, options: object) => fetch(url, { ...options, dispatcher: agent } as never) as never;

const issuer = new URL(`${origin}/${tenant}/v2.0`);
const metadata = { use_mtls_endpoint_aliases: true, tls_client_certificate_bound_access_tokens: true };
const execute = { [client.customFetch]: overTls };
const config = await client.discovery(issuer, clientId, metadata, client.TlsClientAuth(), execute);
const tokens = await client.clientCredentialsGrant(config, { scope: 'https://graph.microsoft.com/.default' });
const mutualTls = new URL(config.serverMetadata().mtls_endpoint_aliases!.token_endpoint!).origin;
const bearer = { authorization: `Bearer ${tokens.access_token}` };
const withCertificate = await fetch(`${mutualTls}/v1.0/organization`, { dispatcher: agent, headers: bearer });
const bare = new Agent({ connect: { ca: trust, lookup } as never });
const without = await fetch(`${mutualTls}/v1.0/organization`, { dispatcher: bare, headers: bearer });
answerOfProgram({ token: tokens.access_token, statuses: [withCertificate.status, without.status] });
