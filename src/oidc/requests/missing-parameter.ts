import type { IncomingMessage } from 'node:http';
import type { Because, Code } from '#core/trace/reasons.ts';
import { type Refusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import { appIdInBasic } from '../endpoints/basic-credentials.ts';
import { onBehalfOfGrant } from './grant-types.ts';
import type { RequestRefusal } from './replies.ts';

type Fields = TokenForm['fields'];
/** What a grant can stand on. */
type Parameter =
  | 'code'
  | 'redirect_uri'
  | 'refresh_token'
  | 'scope'
  | 'device_code'
  | 'assertion'
  | 'requested_token_use';

/** What each grant stands on, in the order in which it is asked for. Every grant needs `grant_type` and `client_id` before. */
const parametersOf: ReadonlyMap<string, readonly Parameter[]> = new Map<string, readonly Parameter[]>([
  ['authorization_code', ['code', 'redirect_uri']],
  ['refresh_token', ['refresh_token']],
  ['client_credentials', ['scope']],
  ['device_code', ['device_code']],
  [deviceGrant, ['device_code']],
  [onBehalfOfGrant, ['assertion', 'requested_token_use']],
]);

/** Parameters without which Entra refuses in another way than with AADSTS900144. */
const otherwise: Partial<Record<Parameter, (appId: string) => Refusal>> = {
  redirect_uri: (appId) => refused('redirectUriMissing', { appId }),
  scope: (appId) => refused('scopeMissing', { appId }),
};

/** OAuth's words for refusals of a form that are not `invalid_request` (RFC 6749 §5.2). */
const errors: Partial<Record<Code, string>> = {
  grantTypeUnsupported: 'unsupported_grant_type',
  redirectUriMissing: 'invalid_grant',
};

/** The answer to a form that lacks something, or that has what is not offered. */
export const formRefusal = (reason: Because): RequestRefusal => ({
  status: 400,
  error: errors[reason.code] ?? 'invalid_request',
  reason,
});

/** MSAL for Python sends a device code by this name too. */
const alsoNamed: Partial<Record<Parameter, Parameter>> = { device_code: 'code' };

/**
 * Whether a token request in the words of version 2 has every parameter of its grant. Refuses for the first that it lacks or has empty,
 * with parameterMissing, redirectUriMissing or scopeMissing.
 */
export function checkTokenForm(req: IncomingMessage, { fields }: TokenForm): Ruling<void> {
  const { grant_type: grantType = '' } = fields;
  if (grantType === '') return missing('grant_type');
  if (namesNoClient(req, fields)) return missing('client_id');
  const name = parametersOf.get(grantType)?.find((item) => !fields[item] && !fields[alsoNamed[item] ?? item]);
  if (name === undefined) return success();
  const appId = (fields.client_id || appIdInBasic(req.headers.authorization) || '').slice(0, 100);
  return otherwise[name]?.(appId) ?? missing(name);
}

/** The same for a request for a device code in the words of version 2, where no scope means none. Refuses with parameterMissing. */
export function checkDeviceForm(req: IncomingMessage, { fields }: TokenForm): Ruling<void> {
  if (namesNoClient(req, fields)) return missing('client_id');
  return fields.scope?.trim() ? success() : missing('scope');
}

/** The refusal of a request without this parameter. */
export const missing = (parameters: string): Refusal => refused('parameterMissing', { parameters });

/** Whether nothing in a request tells which application sent it. What is not a name and a secret in Base64 is refused as such. */
const namesNoClient = ({ headers }: IncomingMessage, fields: Fields): boolean =>
  !fields.client_id &&
  fields.client_assertion === undefined &&
  (headers.authorization === undefined || appIdInBasic(headers.authorization) === '');
