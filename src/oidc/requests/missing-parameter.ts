import type { IncomingMessage } from 'node:http';
import { type Because, because } from '#core/trace/reasons.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import { appIdInBasic } from '../endpoints/basic-credentials.ts';
import { onBehalfOfGrant } from './grant-types.ts';
import type { Refusal } from './replies.ts';

type Missing = Omit<Refusal, 'status'>;
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
const otherwise: Readonly<Record<string, (appId: string) => { readonly error: string; readonly reason: Because }>> = {
  redirect_uri: (appId) => ({ error: 'invalid_grant', reason: because('redirectUriMissing', { appId }) }),
  scope: (appId) => ({ error: 'invalid_request', reason: because('scopeMissing', { appId }) }),
};

/** MSAL for Python sends a device code by this name too. */
const alsoNamed: Partial<Record<Parameter, Parameter>> = { device_code: 'code' };

/** The refusal of a token request in the words of version 2, for the first parameter that it lacks or has empty; undefined where it has all. */
export function missingInToken(req: IncomingMessage, { fields }: TokenForm): Missing | undefined {
  const { grant_type: grantType = '' } = fields;
  if (grantType === '') return missing('grant_type');
  if (namesNoClient(req, fields)) return missing('client_id');
  const name = parametersOf.get(grantType)?.find((item) => !fields[item] && !fields[alsoNamed[item] ?? item]);
  if (name === undefined) return undefined;
  const appId = (fields.client_id || appIdInBasic(req.headers.authorization) || '').slice(0, 100);
  return otherwise[name]?.(appId) ?? missing(name);
}

/** The same for a request for a device code in the words of version 2, where no scope means none. */
export function missingInDevice(req: IncomingMessage, { fields }: TokenForm): Missing | undefined {
  if (namesNoClient(req, fields)) return missing('client_id');
  return fields.scope?.trim() ? undefined : missing('scope');
}

/** The refusal of a request without this parameter. */
export const missing = (parameters: string): Missing => ({
  error: 'invalid_request',
  reason: because('parameterMissing', { parameters }),
});

/** Whether nothing in a request tells which application sent it. What is not a name and a secret in Base64 is refused as such. */
const namesNoClient = ({ headers }: IncomingMessage, fields: Fields): boolean =>
  !fields.client_id &&
  fields.client_assertion === undefined &&
  (headers.authorization === undefined || appIdInBasic(headers.authorization) === '');
