import { html } from 'hono/html';
import { entraNumberOf, sentenceOf } from '../../core/trace/fault.ts';
import type { Because } from '../../core/trace/reasons.ts';
import { type Markup, page } from '../page.ts';

const card = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" aria-hidden="true"
  ><rect x="2.5" y="5" width="19" height="14" rx="2.5" /><rect x="5.5" y="9" width="5" height="4.5" rx="1" /><path
    d="M14 10h4.5M14 13h4.5M5.5 16.2h13" /></svg
>`;

interface Common {
  readonly brand: string;
  readonly appDisplayName: string | undefined;
  readonly wrong?: Because | undefined;
}

const wrongLine = (wrong: Because | undefined) =>
  wrong
    ? html`<p class="wrong" role="alert" id="wrong" data-code="AADSTS${entraNumberOf(wrong)}">${sentenceOf(wrong)}</p>`
    : '';
const describedBy = (wrong: Because | undefined) => (wrong ? html` aria-describedby="wrong" aria-invalid="true"` : '');

/** FLOW-2: who are you? `action` is where the form goes. */
export function usernamePage(asked: Common & { readonly action: string; readonly username: string }): Markup {
  return page(
    { title: 'Sign in', brand: asked.brand },
    html`<h1>Sign in</h1>
${asked.appDisplayName ? html`<p class="faint">to continue to ${asked.appDisplayName}</p>` : ''}
${wrongLine(asked.wrong)}
<form method="post" action="${asked.action}">
<label for="username">User name</label>
<input id="username" name="username" type="email" inputmode="email" autocomplete="username" autocapitalize="none"
  spellcheck="false" required autofocus placeholder="someone@example.com" value="${asked.username}"${describedBy(asked.wrong)}>
<div class="actions"><button>Next</button></div>
</form>`,
  );
}

/** FLOW-3, PAGE-1: the password, and the way to a certificate where the tenant has it enabled. */
export function passwordPage(
  asked: Common & { readonly base: string; readonly username: string; readonly offersCertificate: boolean },
): Markup {
  return page(
    { title: 'Enter password', brand: asked.brand },
    html`<p class="who">${asked.username}</p>
<h1>Enter password</h1>
${asked.appDisplayName ? html`<p class="faint">to continue to ${asked.appDisplayName}</p>` : ''}
${wrongLine(asked.wrong)}
<form method="post" action="${asked.base}/password">
<input type="hidden" name="username" autocomplete="username" value="${asked.username}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${describedBy(asked.wrong)}>
<div class="actions">
<a class="button quiet" href="${asked.base}?change=username">Back</a>
<button>Sign in</button>
</div>
</form>
${
  asked.offersCertificate
    ? html`<a class="method" id="use-certificate" href="${asked.base}/certificate">${card}<span>Use a certificate or smart card</span></a>`
    : ''
}`,
  );
}

/** REALM-1: on the way to another organisation's pages; by itself, or by its link where a browser does not go by itself. */
export function elsewherePage(asked: { readonly brand: string; readonly address: string }): Markup {
  return page(
    { title: 'Taking you to your organisation’s sign-in page', brand: asked.brand, goesTo: asked.address },
    html`<h1>Taking you to your organisation’s sign-in page</h1>
<div class="actions"><a class="button" id="elsewhere" href="${asked.address}">Continue</a></div>`,
  );
}
