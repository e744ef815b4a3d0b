import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { publicFault } from '#core/trace/faults.ts';
import { formPostPage } from '../endpoints/pages.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { errorBody } from './error-body.ts';
import { errorThrown, situationOf } from './error-situation.ts';
import { explainError, faultIn, type ProviderError } from './internals/explain-error.ts';
import type { OidcOptions, TenantContext } from './options.ts';

const modes = ['query', 'fragment', 'form_post'] as const;
type Mode = (typeof modes)[number];

/** The provider's name for a response mode in which errors have Entra's shape; others stay, to be refused. */
export function entraResponseMode(request: string | undefined, responseType: string | undefined): string {
  const mode = request ?? (responseType?.includes('token') ? 'fragment' : 'query');
  return modes.includes(mode as Mode) ? `entra_${mode}` : mode;
}

export function addResponseModes(provider: Provider, options: OidcOptions, context: TenantContext): void {
  for (const mode of modes) {
    provider.registerResponseMode(`entra_${mode}`, (ctx, redirectUri, payload) =>
      answer({ ctx, context }, mode, redirectUri, fieldsOf(ctx, payload, options, context)),
    );
  }
}

type Fields = Record<string, string>;

/**
 * Whether the answer names its issuer: not where the metadata of the request does not say so, which is that of `common`
 * and `organizations` and of version 1 (RFC 9207 §2.3).
 */
const namesIssuer = ({ oidc: { params } }: KoaContextWithOIDC): boolean =>
  typeof params?.cardea_alias !== 'string' && params?.cardea_version !== '1';

function fieldsOf(
  ctx: KoaContextWithOIDC,
  payload: Record<string, unknown>,
  options: OidcOptions,
  context: TenantContext,
): Fields {
  const entries = Object.entries(payload).filter(([name]) => name !== 'iss' || namesIssuer(ctx));
  const fields = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  const thrown: ProviderError | undefined = errorThrown(ctx.req);
  if (!fields.error || !thrown) return fields;
  const reason = explainError(thrown, situationOf(ctx, context));
  const error = redirectWord(fields.error, faultIn(thrown));
  const { error_description, error_uri } = errorBody(error, reason, {
    notes: notesOf(ctx.req),
    at: context.clock.now(),
    publicOrigin: options.publicOrigin,
  });
  return { ...fields, error, error_description, error_uri };
}

/** RFC 6749 §4.1.2.1: a redirect carries no status, so `temporarily_unavailable` stands for 503 and `server_error` for 500. */
export function redirectWord(word: string, fault: unknown): string {
  if (fault === undefined) return word;
  const { status, error } = publicFault(fault);
  return status === 503 ? error : 'server_error';
}

interface Answered {
  readonly ctx: KoaContextWithOIDC;
  readonly context: TenantContext;
}

async function answer({ ctx, context }: Answered, mode: Mode, redirectUri: string, fields: Fields): Promise<void> {
  if (mode === 'form_post') {
    const brand = faultIn(errorThrown(ctx.req)) === undefined ? await context.brand() : undefined; // a brand is in the database
    const { html, headers } = await formPostPage({ req: ctx.req, brand }, redirectUri, fields);
    ctx.set(headers as Record<string, string>);
    ctx.status = 200;
    ctx.body = html;
    return;
  }
  const url = new URL(redirectUri);
  if (mode === 'fragment') url.hash = String(new URLSearchParams({ ...fields }));
  else for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, value);
  ctx.status = 303;
  ctx.redirect(url.href);
}
