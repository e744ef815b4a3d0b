import { deflateRawSync } from 'node:zlib';
import type { IdentityProvider } from '#core/binding/realm.ts';

/** What we are called at every identity provider: the name that those set up for Entra know (REALM-1). */
const ourName = 'urn:federation:MicrosoftOnline';

/** What is sent to an identity provider. */
export interface IdentityProviderRequest {
  readonly username: string;
  readonly correlationId: string;
  /** Names the interaction, should the answer come back. */
  readonly context: string;
  readonly at: Date;
}

/** The address that sends a browser to the identity provider of its domain, as Entra sends it. */
export function signInAddress(provider: IdentityProvider, providerRequest: IdentityProviderRequest): string {
  const url = new URL(provider.passiveSignInUri);
  const parameters =
    provider.preferredAuthenticationProtocol === 'saml'
      ? samlParameters(url, providerRequest)
      : wsFederationParameters(providerRequest);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** WS-Federation 1.2 §13.2.1. `username` is a hint that AD FS and others fill their form with. */
function wsFederationParameters({ username, correlationId, context }: IdentityProviderRequest): Record<string, string> {
  return {
    'client-request-id': correlationId,
    username,
    wa: 'wsignin1.0',
    wtrealm: ourName,
    wctx: `estsredirect=2&estsrequest=${context}`,
  };
}

/** SAML 2.0 HTTP-Redirect binding (saml-bindings-2.0 §3.4.4.1): deflated, base64, in the query. */
function samlParameters(
  url: URL,
  { username, correlationId, context, at }: IdentityProviderRequest,
): Record<string, string> {
  return {
    SAMLRequest: deflateRawSync(authnRequest(url.origin + url.pathname, correlationId, at)).toString('base64'),
    RelayState: `estsredirect=2&estsrequest=${context}`,
    username,
  };
}

/** saml-core-2.0 §3.4.1. An ID is an XML name and must not begin with a digit. */
function authnRequest(destination: string, correlationId: string, at: Date): string {
  return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${correlationId}" Version="2.0" IssueInstant="${at.toISOString()}" Destination="${escapeXml(destination)}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${ourName}</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"/></samlp:AuthnRequest>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character]!);
