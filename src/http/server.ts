import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { CardeaError } from '#core/trace/fault.ts';
import { publicFault } from '#core/trace/faults.ts';
import { isGraphPath } from '#graph/odata/path.ts';
import { usualBody } from '#net/bodies.ts';
import { defaultBrand, page, pageResponse } from '#pages/page.ts';
import { refusedResponse } from '#pages/refused.ts';
import { answerAsset } from './assets.ts';
import { answerAuthorization, isAuthorization } from './authorize.ts';
import { brandingFiles, brandOfInstallation } from './branding.ts';
import { certauthPages } from './certauth/certauth.ts';
import { smallForms } from './forms/reader.ts';
import { sameOriginFormsOnly } from './same-origin-forms.ts';
import { routedPath, scriptedPages } from './scripted/scripted.ts';
import { securityInfoPages } from './security-info/security-info.ts';
import { type Env, languageOf, type OidcListener, type ServerContext } from './server-context.ts';
import { loginPages } from './sign-in/login.ts';
import { refuse } from './sign-in/page-context.ts';

export type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/** What registers devices, on the login host as well; `server` hands it in. */
export interface RegistrationListener {
  handles(url: string): boolean;
  listener(req: IncomingMessage, res: ServerResponse): void;
}

/** What answers on the login host beside its pages. */
export interface LoginDestinations {
  readonly oidc: OidcListener;
  readonly graph: Listener;
  readonly devices: RegistrationListener;
  readonly applications: readonly Hono[];
}

/** The login host: paths of Graph and OpenID Connect go to their own listeners, the rest to our pages and the applications. */
export function loginListener(
  context: ServerContext,
  { oidc, graph, devices, applications }: LoginDestinations,
): Listener {
  const app = new Hono<Env>({ getPath: routedPath });
  app.post('*', sameOriginFormsOnly(context), limitedBody, smallForms);
  app.get('/', (c) => c.redirect('/myapps', 302));
  app.get('/favicon.ico', (c) => c.redirect('/assets/favicon.svg', 301));
  app.route('/', brandingFiles(context));
  app.route('/', scriptedPages(context));
  app.route('/', loginPages(context));
  app.route('/', securityInfoPages(context));
  for (const application of applications) app.route('/', application);
  const listener = listenerOf(context, app);
  const pages: Listener = (req, res) => {
    // Redirects name interactions and handoffs. What may be kept says so itself, and its header takes the place of this one. A look at the headers of an
    // answer that Hono has made would copy it, body and all, into one of the platform's.
    res.setHeader('cache-control', 'no-store');
    return listener(req, res);
  };
  // Without headers: what a client brings of its device was evaluated before.
  const askPages = async (path: string, incoming: IncomingMessage, outgoing: ServerResponse) =>
    app.fetch(new Request(new URL(path, context.loginOrigin)), { incoming, outgoing });
  return (req, res) => {
    if (answerAsset(req, res)) return;
    if (isGraphPath((req.url ?? '/').split('?')[0]!)) return graph(req, res);
    if (devices.handles(req.url ?? '/')) return devices.listener(req, res);
    if (!oidc.handles(req.url ?? '/')) return pages(req, res);
    const answer = (to: ServerResponse) => oidc.listener(req, to, askPages);
    const { loginOrigin } = context;
    return void guarded(context, res, () =>
      isAuthorization(req) ? answerAuthorization({ req, res }, answer, pages, loginOrigin) : answer(res),
    );
  };
}

/** What is thrown becomes an answer, too. */
function guarded(context: ServerContext, res: ServerResponse, answer: () => Promise<void>): Promise<void> {
  return answer().catch((fault: unknown) => {
    context.onFault(fault, 'none');
    const { status, headers } = publicFault(fault);
    if (!res.headersSent) res.writeHead(status, { ...headers, 'content-type': 'text/plain' });
    res.end('Something went wrong on our side.\n');
  });
}

/** Handlers of other methods read no body. */
const limitedBody = bodyLimit({
  maxSize: usualBody,
  onError: (c) => c.text('The body of this request is too large.\n', 413),
});

/**
 * The certauth host: everything that asks for a client certificate. It is the mutual TLS host of applications (RFC 8705 §5),
 * whose bound tokens count here alone, so Graph is here as well. Devices are registered here as well, for installations whose TLS certificate
 * has no name for a registration host.
 */
export function certauthListener(
  context: ServerContext,
  oidc: OidcListener,
  graph: Listener,
  devices: RegistrationListener,
): Listener {
  const app = new Hono<Env>({ getPath: routedPath });
  app.post('*', limitedBody, smallForms);
  app.route('/', certauthPages(context));
  const pages = listenerOf(context, app);
  return (req, res) => {
    const url = req.url ?? '/';
    if (isGraphPath(url.split('?')[0]!)) return graph(req, res);
    if (devices.handles(url)) return devices.listener(req, res);
    if (oidc.handlesMutualTls(url)) return void guarded(context, res, () => oidc.listener(req, res));
    return pages(req, res);
  };
}

/** An unknown path and a fault are pages too: a sentence and ids, never a stack. */
function listenerOf(context: ServerContext, app: Hono<Env>): Listener {
  app.notFound((c) => nothingHere(context, c));
  app.onError((fault, c) => {
    if (fault instanceof CardeaError && fault.because.code === 'requestMalformed')
      return refuse(context, c, fault.because, { status: 400 });
    const correlationId = crypto.randomUUID();
    context.onFault(fault, correlationId);
    const { because, status } = publicFault(fault);
    const at = context.clock.now();
    const about = { because, correlationId, at, brand: defaultBrand, language: languageOf(c) };
    return refusedResponse({ ...about, assetsOrigin: context.loginOrigin }, status);
  });
  // Its classes take the place of the platform's `Request` and `Response`: Hono's limit copies a request that comes in chunks.
  return getRequestListener(app.fetch);
}

/** A page for a person, JSON for a client that asks for it, a line of text for any other program. */
async function nothingHere(context: ServerContext, c: Context<Env>): Promise<Response> {
  const accept = c.req.header('accept') ?? '';
  const words = 'There is nothing at this address.';
  if (/\bapplication\/json\b/.test(accept) && !/\btext\/html\b/.test(accept))
    return Response.json({ error: 'not_found', error_description: words }, { status: 404 });
  if (!/\btext\/html\b/.test(accept))
    return new Response(`${words}\n`, {
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    });
  const language = languageOf(c);
  const title = language.say.nothingHere;
  const { loginOrigin: assetsOrigin } = context;
  const brand = await brandOfInstallation(context);
  const markup = page(
    { title, brand, language, assetsOrigin },
    html`<h1>${title}</h1>
<div class="actions"><a class="button" href="${assetsOrigin}/myapps">${language.say.myApps}</a></div>`,
  );
  return pageResponse(markup, 404, { assetsOrigin });
}
