import { isGraphPath } from '#graph/odata/path.ts';
import type { Listener } from '#http/server.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import type { Storage, VisitNamed } from '#storage/storage.ts';

/**
 * Requests whose reads see one moment each, and whose audit rows share an id. Graph reads what its own changes have left, so it
 * looks each time.
 */
export const atOneMoment =
  (storage: Pick<Storage, 'inRequest'>, listener: Listener): Listener =>
  (req, res) => {
    const url = req.url ?? '/';
    if (isGraphPath(url.split('?')[0]!)) return asOneOperation(() => listener(req, res));
    asOneOperation(() => storage.inRequest(() => listener(req, res), visitNamedIn(url)));
  };

/** The sign-in that an address names: `/login/{uid}`, `/{tenant}/certauth/{flow}`, `/{tenant}/oauth2/v2.0/authorize/{uid}`. */
export function visitNamedIn(url: string): VisitNamed | undefined {
  const flow = /^\/[^/?]+\/certauth\/([\w-]{10,64})(?=[/?]|$)/.exec(url)?.[1];
  if (flow !== undefined) return { by: 'flow_id', value: flow };
  const uid = /^\/(?:login|[^/?]+\/oauth2\/v2\.0\/authorize)\/([\w-]{10,64})(?=[/?]|$)/.exec(url)?.[1];
  return uid === undefined ? undefined : { by: 'id', value: uid };
}
