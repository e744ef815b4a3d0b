import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import type { AuthorizeQuery } from '../endpoints/parameters.ts';
import { claimsRequest, readRequestedClaims } from '../tokens/requested-claims.ts';
import { providerParameters, type RequestedScopes, readScopes } from '../tokens/resources/scopes.ts';
import { entraResponseMode } from './response-modes.ts';

/** Parameters that only mean something to Entra, or that the provider would take for something else. */
const drop = {
  claims: undefined,
  id_token_hint: undefined,
  acr_values: undefined,
  cardea_version: undefined,
};
const onlyWithOpenId = { nonce: undefined, max_age: undefined };

/** The query of an authorize request in the provider's words. */
export function translateAuthorize(query: AuthorizeQuery, correlationId: string): AuthorizeQuery {
  const { fields } = query;
  const scopes = readScopes(fields.scope);
  const claims = claimsRequest(readRequestedClaims(fields.claims));
  const prompts = fields.prompt.filter((prompt) => prompt !== 'consent');
  return query.with({
    ...drop,
    ...(scopes.openId.includes('openid') ? {} : onlyWithOpenId),
    ...providerParameters(scopes),
    response_mode: entraResponseMode(fields.response_mode, fields.response_type),
    cardea_correlation: correlationId,
    cardea_claims: claims && JSON.stringify(claims),
    prompt: prompts.length > 0 ? prompts.join(' ') : undefined,
  });
}

/** The form of a request for a device code in the provider's words. */
export const translateDevice = (form: AuthorizeQuery, correlationId: string): AuthorizeQuery =>
  translateAuthorize(form, correlationId).with({
    response_mode: undefined,
    response_type: undefined,
    redirect_uri: undefined,
  });

/** The form of a token request in the provider's words. Refuses with scopeNotDefault. */
export function translateToken(form: TokenForm): Ruling<TokenForm> {
  const { grant_type: grantType = '', scope: requestedScope = '' } = form.fields;
  if (['device_code', deviceGrant].includes(grantType)) return success(translateDeviceGrant(form));
  const scopes = readScopes(requestedScope);
  const isForItself = grantType === 'client_credentials';
  if (isForItself && (scopes.names.length !== 1 || scopes.names[0] !== '.default'))
    return refused('scopeNotDefault', { scope: requestedScope.slice(0, 200) });
  if (scopes.names.length === 0) return success(form.with({ resource: undefined, scope: undefined })); // everything that was granted
  return success(form.with(providerParameters(isForItself ? resourceScopesAlone(scopes) : scopes)));
}

/** MSAL for Go and for Java send `openid profile offline_access` with every request: there is no user for them to be about. */
const resourceScopesAlone = (scopes: RequestedScopes): RequestedScopes => ({ ...scopes, openId: [], offline: false });

/** MSAL for Python sends the code by both names, that of Node says `device_code` for the grant, too. */
const translateDeviceGrant = (form: TokenForm): TokenForm =>
  form.with({
    grant_type: deviceGrant,
    device_code: form.fields.device_code ?? form.fields.code,
    ...{ code: undefined, scope: undefined, resource: undefined }, // everything that was granted
  });
