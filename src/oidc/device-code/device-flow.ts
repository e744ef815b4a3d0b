import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { locationsOf } from '#core/access/conditions/applies-to.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { errorPage, type Page } from '../endpoints/pages.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import { formSecretOf } from '../provider/internals/sessions.ts';
import type { TenantContext } from '../provider/options.ts';
import { confirmPage, deviceEndPage, userCodePage } from './device-pages.ts';

/** RFC 8628 §3.4; clients of Microsoft also say `device_code`. */
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** Seconds a device waits between two polls (RFC 8628 §3.2). */
export const pollSeconds = 5;

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/** Signing in on another device (RFC 8628): nine letters that cannot be mistaken for one another, fifteen minutes. */
export function deviceFlow(context: TenantContext): DeviceFlow {
  const show = async (ctx: KoaContextWithOIDC, page: Promise<Page>) => {
    const { html, headers } = await page;
    ctx.set(headers as Record<string, string>);
    ctx.body = html;
  };
  const request = async (ctx: KoaContextWithOIDC) => ({
    req: ctx.req,
    brand: await context.brand(),
    action: ctx.oidc.urlFor('code_verification'),
    xsrf: formSecretOf(ctx),
  });
  return {
    enabled: true,
    charset: 'base-20',
    mask: '*********',
    deviceInfo: (ctx) => ({ ip: remoteAddress(ctx.req), ua: ctx.get('user-agent').slice(0, 512) }),
    async userCodeInputSource(ctx, _form, _out, problem) {
      if (problem?.name === 'AbortedError')
        return show(ctx, deviceEndPage(ctx.req, await context.brand(), 'calledOff'));
      const reason = problem ? reasonOf(problem) : undefined;
      if (reason?.code === 'userCodeUnknown') notesOf(ctx.req).userCodeWrong = true;
      if (reason && reason.code !== 'userCodeUnknown') {
        return show(ctx, errorPage({ req: ctx.req, brand: await context.brand() }, reason, context.clock.now()));
      }
      return show(ctx, userCodePage(await request(ctx), reason));
    },
    async userCodeConfirmSource(ctx, _form, client, deviceInfo, userCode) {
      const ipAddress = String(deviceInfo.ip ?? '');
      const [locations, accountId] = [await context.policy.namedLocations(), ctx.oidc.session?.accountId];
      const user = accountId === undefined ? undefined : await context.directory.user(accountId);
      const view = {
        application: client.clientName ?? '',
        userCode,
        ipAddress,
        locations: locationsOf(ipAddress, locations).map(({ displayName }) => displayName),
        account: user?.userPrincipalName,
      };
      return show(ctx, confirmPage(await request(ctx), view));
    },
    async successSource(ctx) {
      return show(ctx, deviceEndPage(ctx.req, await context.brand(), 'signedIn'));
    },
  };
}

const wrongCode = new Set(['NoCodeError', 'NotFoundError', 'ExpiredError', 'AlreadyUsedError']);

function reasonOf(problem: Error): Because {
  if (problem.cause instanceof CardeaError) return problem.cause.because;
  if (wrongCode.has(problem.name)) return because('userCodeUnknown', { problem: problem.name });
  return because('requestMalformed', { problem: problem.message.slice(0, 300) });
}

/** The answer of the devicecode endpoint as clients of Entra read it: counts are texts in version 1, and it has another name for the address. */
export function deviceAnswer(body: Record<string, unknown>, version: 1 | 2): Record<string, unknown> {
  const { verification_uri_complete: _, ...rest } = body;
  const ofVersion =
    version === 1
      ? { verification_url: body.verification_uri, expires_in: String(body.expires_in), interval: String(pollSeconds) }
      : { interval: pollSeconds };
  return {
    ...rest,
    ...ofVersion,
    message: `To sign in, use a web browser to open the page ${body.verification_uri} and enter the code ${body.user_code} to authenticate.`,
  };
}
