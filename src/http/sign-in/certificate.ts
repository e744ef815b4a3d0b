import { html } from 'hono/html';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import { type Markup, page, pageResponse } from '#pages/page.ts';
import { noteCertificateRequested } from '#signin/log/certificate-requested.ts';
import type { ServerContext } from '../server-context.ts';
import { type C, type SignInPageContext, signInRequestOf } from './page-context.ts';
import type { Common } from './pages.ts';

/**
 * FLOW-5: to the certauth host, where the handshake asks for a certificate. A browser shows what to do meanwhile and goes
 * there by itself: behind its picker, and after a handshake that failed, the person sees our page and not an empty one.
 */
export async function askForCertificate(context: ServerContext, c: C, signIn: SignInPageContext): Promise<Response> {
  const { flow, ports, base, interaction, language, brand } = signIn;
  const { x509 } = await ports.policies.current();
  if (!flow.username && !mayNameUser(x509)) return c.redirect(base, 303);
  const origin = context.certauthOrigin({
    tenantId: ports.tenant.id,
    hinted: x509.issuerHintsConfiguration.state === 'enabled',
  });
  // Together, so that SQLite writes both with one commit.
  await Promise.all([
    signIn.isNewFlow && ports.flows.put(flow), // the certauth host looks it up
    noteCertificateRequested({ ...signInRequestOf(c, flow), host: new URL(origin).host }, signIn),
  ]);
  const tongue = interaction.languages ? `?mkt=${language.tag}` : '';
  const address = `${origin}/${ports.tenant.id}/certauth/${flow.id}${tongue}`;
  if (c.req.header('sec-fetch-mode') !== 'navigate') return c.redirect(address, 303);
  return pageResponse(guidePage({ brand, language, base, username: flow.username ?? '', address }));
}

/** Whether the certificate is asked for before a name is typed: an option beyond Entra. */
export const mayNameUser = ({ state, beyondEntra }: X509CertificateConfiguration): boolean =>
  state === 'enabled' && beyondEntra?.certificateMayNameUser === true;

interface Guide extends Pick<Common, 'brand' | 'language'> {
  readonly base: string;
  readonly username: string;
  readonly address: string;
}

function guidePage({ brand, language, base, username, address }: Guide): Markup {
  const { say } = language;
  return page(
    { title: say.chooseCertificate, brand, language, goesTo: address },
    html`${username === '' ? '' : html`<p class="who"><bdi>${username}</bdi></p>`}
<h1>${say.chooseCertificate}</h1>
<ol class="steps">
<li>${say.guideInsert}</li>
<li>${say.guideChoose}</li>
<li>${say.guidePin}</li>
</ol>
<p class="faint">${say.guideNothing}</p>
<div class="actions">
<a class="button quiet" href="${base}/methods">${say.otherWays}</a>
<a class="button" href="${base}/certificate">${say.askAgain}</a>
</div>`,
  );
}
