import { because } from '#core/trace/reasons.ts';
import { sourceOf } from '#net/limits/limits.ts';
import { tokenParameters } from '#signin/device/token-form.ts';
import { formIn } from '#signin/read-form.ts';
import { fromFirstVersion } from '../broker/first-version.ts';
import { readForm, requestWith } from '../endpoints/body.ts';
import { authorizeParameters, userCodeParameters } from '../endpoints/parameters.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import { provide } from '../provider/internals/configuration.ts';
import type { OidcOptions } from '../provider/options.ts';
import { translateDevice } from '../provider/translate.ts';
import { checkDeviceForm, formRefusal } from './missing-parameter.ts';
import { refuse, refuseMethod } from './replies.ts';
import type { Opened, Request } from './request.ts';
import { takeCredential } from './take-assertion.ts';

/** A device asks for a code (RFC 8628 §3.1). */
export async function answerDevice(
  options: OidcOptions,
  { provider, context }: Opened,
  { req, res, tenant, version = 2 }: Request,
): Promise<void> {
  if (req.method !== 'POST') return refuseMethod(options, { req, res });
  const sent = await readForm(req, tokenParameters);
  const form = version === 1 ? fromFirstVersion(sent, sent.fields) : sent;
  const formRuling = checkDeviceForm(req, form);
  if (formRuling.outcome !== 'passed') return refuse(options, req, res, formRefusal(formRuling.because));
  if (version === 1) notesOf(req).answerShape = { version, resource: sent.fields.resource[0] };
  const translation = translateDevice(formIn(authorizeParameters, String(form)), notesOf(req).correlationId);
  const ruling = await takeCredential(
    options,
    context,
    { req, tenant },
    {
      form,
      resources: translation.fields.resource,
    },
  );
  if (ruling.outcome !== 'passed')
    return refuse(options, req, res, { status: 401, error: 'invalid_client', reason: ruling.because });
  return provide(provider, requestWith(req, '/oauth2/v2.0/devicecode', translation.with(ruling.value)), res);
}

/** A person types what the device shows (RFC 8628 §3.3). A code in the address is not taken, because the user would not type it. */
export async function answerUserCode(
  options: OidcOptions,
  { provider, guesses }: Opened,
  { req, res }: Request,
  endpoint: string,
): Promise<void> {
  const form = req.method === 'POST' ? await readForm(req, userCodeParameters) : undefined;
  if (form?.fields.user_code === undefined) return provide(provider, requestWith(req, `/${endpoint}`, form), res);
  const source = sourceOf(remoteAddress(req));
  const seconds = guesses.take(source, options.clock.now().getTime());
  if (seconds !== undefined) {
    res.setHeader('retry-after', String(seconds));
    const reason = because('userCodeGuessesExhausted', { seconds });
    return refuse(options, req, res, { status: 429, error: 'access_denied', reason });
  }
  await provide(provider, requestWith(req, `/${endpoint}`, form), res);
  if (!notesOf(req).userCodeWrong) guesses.giveBack(source);
}
