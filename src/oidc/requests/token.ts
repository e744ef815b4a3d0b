import type { IncomingMessage } from 'node:http';
import { fault } from '#core/trace/fault.ts';
import { encryptionOfCode } from '../broker/bound-session.ts';
import { fromFirstVersion } from '../broker/first-version.ts';
import { readForm, requestWith } from '../endpoints/body.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { mutualTlsTokenType } from '../provider/client-certificate.ts';
import { provide } from '../provider/internals/configuration.ts';
import type { OidcOptions } from '../provider/options.ts';
import { translateToken } from '../provider/translate.ts';
import { crossOriginRefusal } from '../tokens/single-page.ts';
import { answerBroker, isAnsweredForDevice } from './broker.ts';
import { onBehalfOfGrant } from './grant-types.ts';
import { missingInToken } from './missing-parameter.ts';
import { answerOnBehalfOf } from './on-behalf-of.ts';
import { refuse, refuseMethod } from './replies.ts';
import type { Opened, Request } from './request.ts';
import { takeCredential } from './take-assertion.ts';

/** Answers the token endpoint of a tenant. @param form where the body was read before, at an address of no tenant */
export async function answerToken(
  options: OidcOptions,
  handle: Opened,
  request: Request,
  form?: URLSearchParams,
): Promise<void> {
  const { provider, context } = handle;
  const { req, res, tenant, version = 2 } = request;
  if (req.method === 'OPTIONS') return provide(provider, requestWith(req, '/oauth2/v2.0/token'), res);
  if (req.method !== 'POST') return refuseMethod(options, request);
  const sent = form ?? (await readTokenForm(req));
  if (await isAnsweredForDevice(options, req, res, sent)) return;
  if (options.broker?.isRequest(sent)) return answerBroker(options, options.broker, handle, { ...request, form: sent });
  const input = version === 1 ? fromFirstVersion(sent) : sent;
  const lack = missingInToken(req, input);
  if (lack) return refuse(options, req, res, { status: 400, ...lack });
  notesOf(req).wantsBoundToken = sent.get('token_type') === mutualTlsTokenType;
  if (version === 1) notesOf(req).answerShape = { version, resource: sent.get('resource') };
  if (input.get('grant_type') === onBehalfOfGrant) return answerOnBehalfOf(options, handle, request, input);
  const encrypt = await encryptionOfCode(sent, options.broker, context);
  if (encrypt) notesOf(req).answerShape = { version, resource: sent.get('resource'), encrypt };
  const translation = translateToken(input);
  if ('code' in translation) {
    return refuse(options, req, res, { status: 400, error: 'invalid_scope', reason: translation });
  }
  const unproven = await takeCredential(options, context, { req, tenant }, { form: input, translation });
  if (unproven) return refuse(options, req, res, { status: 401, error: 'invalid_client', reason: unproven });
  const application = await context.applications.find(translation.get('client_id') ?? '');
  const redemption = { form: translation, origin: req.headers.origin, application: application! };
  const refusal = application && (await crossOriginRefusal(redemption, context.oidcRecords));
  if (refusal) return refuse(options, req, res, { status: 400, error: 'invalid_request', reason: refusal });
  return provide(provider, requestWith(req, '/oauth2/v2.0/token', translation), res);
}

/**
 * The form of a token request. A JWT in standard base64 that is not percent-encoded has its plus signs back (windows-sign-in §0.5, rule 7).
 *
 * @throws requestMalformed where a parameter is sent twice (RFC 6749 §3.2); several resources are several parameters (RFC 8707 §2)
 */
export async function readTokenForm(req: IncomingMessage): Promise<URLSearchParams> {
  const form = await readForm(req, { isTypeless: true });
  const names = [...form.keys()].filter((name) => name !== 'resource');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw fault('requestMalformed', { problem: `the parameter ${twice.slice(0, 50)} is sent twice` });
  const request = form.get('request');
  if (request?.includes(' ')) form.set('request', request.replaceAll(' ', '+'));
  return form;
}
