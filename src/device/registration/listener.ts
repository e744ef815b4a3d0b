import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { CardeaError } from '#core/trace/fault.ts';
import { isFault, publicFault } from '#core/trace/faults.ts';
import { plainPath } from '#net/paths.ts';
import { answer, errorBody } from './answers.ts';
import type { RegistrationContext, RegistrationRequest } from './context.ts';
import { contract, discover, federationProvider, nonce } from './discovery.ts';
import { registerHelloKey } from './hello-key.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { renew } from './renew.ts';

interface Route {
  readonly method: string;
  /** Of the path in lower case, without double slashes and without one at its end. */
  readonly pattern: RegExp;
  readonly operation: string;
  readonly run: (context: RegistrationContext, call: RegistrationRequest) => Promise<Response>;
}
const guid = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
const routes: readonly Route[] = [
  { method: 'GET', pattern: /^\/([\w.-]{1,253})\/discover$/, operation: 'Discover', run: discover },
  { method: 'GET', pattern: /^\/enrollmentserver\/contract()$/, operation: 'Contract', run: contract },
  { method: 'GET', pattern: /^\/enrollmentserver\/nonce\/([\w.-]{1,253})$/, operation: 'Nonce', run: nonce },
  { method: 'POST', pattern: /^\/enrollmentserver\/device()$/, operation: 'DeviceJoin', run: join },
  {
    method: 'PUT',
    pattern: new RegExp(`^/enrollmentserver/device/(${guid})$`),
    operation: 'DeviceRenew',
    run: renew,
  },
  {
    method: 'DELETE',
    pattern: new RegExp(`^/enrollmentserver/device/(${guid})$`),
    operation: 'DeviceDelete',
    run: leave,
  },
  { method: 'POST', pattern: /^\/enrollmentserver\/key()$/, operation: 'KeyRegistration', run: registerHelloKey },
  {
    method: 'GET',
    pattern: /^\/odc\/v2\.1\/federationprovider()$/,
    operation: 'FederationProvider',
    run: federationProvider,
  },
];

/** The device registration service: which paths it has, and what answers them. */
export interface RegistrationListener {
  handles(url: string): boolean;
  listener(req: IncomingMessage, res: ServerResponse): void;
}

/** Clients write these paths in any case (windows-sign-in §0.5, rule 1). */
const pathIn = (url: string): string => plainPath(url).toLowerCase();

export function registrationListener(context: RegistrationContext): RegistrationListener {
  return {
    handles(url) {
      const path = pathIn(url);
      return routes.some(({ pattern }) => pattern.test(path));
    },
    listener: getRequestListener((request, env) =>
      respond(context, request, (env as { incoming: IncomingMessage }).incoming),
    ),
  };
}

async function respond(context: RegistrationContext, request: Request, incoming: IncomingMessage): Promise<Response> {
  const traceId = crypto.randomUUID();
  const at = context.clock.now();
  const ids = idsOf(request, traceId);
  const path = pathIn(incoming.url ?? '/');
  const here = routes.filter(({ pattern }) => pattern.test(path));
  const route = here.find(({ method }) => method === request.method);
  if (!route) {
    const allow = [...new Set(here.map(({ method }) => method))].join(', ');
    const status = here.length > 0 ? 405 : 404;
    return answer({ ErrorType: 'ValidationError', TraceId: traceId }, { ...ids, ...(allow ? { allow } : {}) }, status);
  }
  try {
    const name = route.pattern.exec(path)?.[1] ?? '';
    const response = await route.run(context, { request, incoming, at, name, traceId });
    for (const [header, value] of Object.entries(ids)) response.headers.set(header, value);
    return response;
  } catch (problem) {
    if (isFault(problem)) {
      context.onFault(problem, traceId);
      const { status, headers, because } = publicFault(problem);
      return answer(
        errorBody(because, { traceId, at, operation: route.operation }).body,
        { ...ids, ...headers },
        status,
      );
    }
    const { because } = problem as CardeaError;
    const { status, body } = errorBody(because, { traceId, at, operation: route.operation });
    return answer(body, ids, status);
  }
}

/** `client-request-id` comes back where the client asks for it (windows-sign-in §0.5, rule 10). */
function idsOf({ headers }: Request, traceId: string): Record<string, string> {
  const clientRequestId = headers.get('client-request-id') ?? '';
  const isWanted = headers.get('return-client-request-id') === 'true' && /^[\w.{}-]{1,64}$/.test(clientRequestId);
  return { 'x-ms-request-id': traceId, ...(isWanted ? { 'client-request-id': clientRequestId } : {}) };
}
