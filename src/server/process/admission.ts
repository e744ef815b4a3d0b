import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerBusy } from '#http/busy.ts';
import { Admission, type SignInPart } from '#net/admission/admission.ts';
import { clientOf, sourceOf } from '#net/limits/limits.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import type { Config } from '../config.ts';
import { visitNamedIn } from '../listeners/request-moments.ts';
import type { Metrics } from '../management/metrics.ts';

/** `GET /{tenant}/oauth2/v2.0/authorize`, and its first version. */
const authorize = /^\/([\w.-]{1,253})\/oauth2\/(?:v2\.0\/)?authorize\/?(?:\?|$)/i;

/**
 * What an address is to a sign-in. At an alias of tenants no sign-in begins: the answer leads to a tenant, or asks whose it is.
 * Files, health, discovery, tokens and Graph are no parts of one.
 */
export function signInPartOf(url: string): SignInPart {
  const visitNamed = visitNamedIn(url);
  if (visitNamed) return { kind: 'continues', id: visitNamed.value };
  const tenant = authorize.exec(url)?.[1]?.toLowerCase();
  return tenant === undefined || tenantAliases.has(tenant) ? undefined : { kind: 'begins' };
}

/** Serves a request now, when it is the turn of its sign-in, or answers 503. */
export type Admit = (req: IncomingMessage, res: ServerResponse, serve: () => void) => void;

/** Bounds the sign-ins of this process, as the settings say. */
export function signInAdmission(
  config: Pick<Config, 'signInsAtOnce' | 'signInsWaiting' | 'signInWaitMilliseconds'>,
  metrics: Pick<Metrics, 'watchAdmission'> | undefined,
): Admit {
  const admission = new Admission({
    atOnce: config.signInsAtOnce,
    waiting: config.signInsWaiting,
    waitMilliseconds: config.signInWaitMilliseconds,
  });
  metrics?.watchAdmission(admission);
  return (req, res, serve) => {
    // A form that is posted to authorize is answered with an address, to which the browser goes by GET.
    const partOf = (url: string) => {
      const part = signInPartOf(url);
      return part?.kind === 'begins' && req.method !== 'GET' ? undefined : part;
    };
    const source = sourceOf(clientOf(req));
    admission.enter({ req, res, source }, partOf, { serve, refuse: () => void answerBusy(req, res) });
  };
}
