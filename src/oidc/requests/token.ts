import type { IncomingMessage } from 'node:http';
import { success } from '#core/trace/ruling.ts';
import { type TokenForm, tokenParameters } from '#signin/device/token-form.ts';
import { encryptionOfCode } from '../broker/bound-session.ts';
import { fromFirstVersion } from '../broker/first-version.ts';
import { readForm, requestWith } from '../endpoints/body.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { mutualTlsTokenType } from '../provider/client-certificate.ts';
import { provide } from '../provider/internals/configuration.ts';
import type { OidcOptions } from '../provider/options.ts';
import { translateToken } from '../provider/translate.ts';
import { checkOrigin } from '../tokens/single-page.ts';
import { answerBroker, isAnsweredForDevice } from './broker.ts';
import { onBehalfOfGrant } from './grant-types.ts';
import { checkTokenForm, formRefusal } from './missing-parameter.ts';
import { answerOnBehalfOf } from './on-behalf-of.ts';
import { refuse, refuseMethod } from './replies.ts';
import type { Opened, Request } from './request.ts';
import { takeCredential } from './take-assertion.ts';

/** Answers the token endpoint of a tenant. @param form where the body was read before, at an address of no tenant */
export async function answerToken(
  options: OidcOptions,
  handle: Opened,
  request: Request,
  form?: TokenForm,
): Promise<void> {
  const { provider, context } = handle;
  const { req, res, tenant, version = 2 } = request;
  if (req.method === 'OPTIONS') return provide(provider, requestWith(req, '/oauth2/v2.0/token'), res);
  if (req.method !== 'POST') return refuseMethod(options, request);
  const sent = form ?? (await readTokenForm(req));
  if (await isAnsweredForDevice(options, req, res, sent)) return;
  if (options.broker?.isRequest(sent)) return answerBroker(options, options.broker, handle, { ...request, form: sent });
  const { resource, token_type: tokenType } = sent.fields;
  const input = version === 1 ? fromFirstVersion(sent, sent.fields) : sent;
  const formRuling = checkTokenForm(req, input);
  if (formRuling.outcome !== 'passed') return refuse(options, req, res, formRefusal(formRuling.because));
  notesOf(req).wantsBoundToken = tokenType === mutualTlsTokenType;
  if (version === 1) notesOf(req).answerShape = { version, resource: resource[0] };
  if (input.fields.grant_type === onBehalfOfGrant) return answerOnBehalfOf(options, handle, request, input);
  const encrypt = await encryptionOfCode(sent, options.broker, context);
  if (encrypt) notesOf(req).answerShape = { version, resource: resource[0], encrypt };
  const translation = translateToken(input);
  if (translation.outcome !== 'passed')
    return refuse(options, req, res, { status: 400, error: 'invalid_scope', reason: translation.because });
  const { resource: resources } = translation.value.fields;
  const credential = await takeCredential(options, context, { req, tenant }, { form: input, resources });
  if (credential.outcome !== 'passed')
    return refuse(options, req, res, { status: 401, error: 'invalid_client', reason: credential.because });
  const proven = translation.value.with(credential.value);
  const application = await context.applications.find(proven.fields.client_id ?? '');
  const redemption = { form: proven, origin: req.headers.origin };
  const ruling = application ? await checkOrigin({ ...redemption, application }, context.oidcRecords) : success();
  if (ruling.outcome !== 'passed')
    return refuse(options, req, res, { status: 400, error: 'invalid_request', reason: ruling.because });
  return provide(provider, requestWith(req, '/oauth2/v2.0/token', proven), res);
}

/**
 * The form of a token request. A JWT in standard base64 that is not percent-encoded has its plus signs back (windows-sign-in §0.5, rule 7).
 *
 * @throws requestMalformed as {@link tokenParameters} says
 */
export async function readTokenForm(req: IncomingMessage): Promise<TokenForm> {
  const form = await readForm(req, tokenParameters, { isTypeless: true });
  const { request } = form.fields;
  return request?.includes(' ') ? form.with({ request: request.replaceAll(' ', '+') }) : form;
}
