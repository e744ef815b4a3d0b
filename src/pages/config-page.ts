import { html, raw } from 'hono/html';
import { type Frame, type Markup, page, pageHeaders } from './page.ts';

/** A page that a program reads: everything it needs is in the script, and a person finds a sentence and a link. */
export interface ConfigPage {
  readonly frame: Frame;
  readonly config: Readonly<Record<string, unknown>>;
  readonly body: Markup;
}

/**
 * `$Config` in the one form that clients cut it out of (windows-sign-in §4.2, step 1): the object is one line, and two
 * characters stand between it and the end of the CDATA section. Characters that HTML or another parser would read are
 * escaped within the strings.
 */
export function configScript(config: ConfigPage['config']): string {
  const line = JSON.stringify(config).replace(
    /[<>&'\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `//<![CDATA[\n$Config=${line};\n//]]>`;
}

/** The page with its headers. The policy lets this one script run, which does nothing but hold the object. */
export async function configPage({ frame, config, body }: ConfigPage): Promise<{
  readonly html: string;
  readonly headers: Record<string, string>;
}> {
  const script = configScript(config);
  const markup = page(
    frame,
    html`${body}
<script>${raw(script)}</script>`,
  );
  const { assetsOrigin } = frame;
  const headers = pageHeaders(assetsOrigin ? { assetsOrigin } : {});
  const policy = `${headers['content-security-policy']}; script-src 'sha256-${await sha256(script)}'`;
  return { html: String(await markup), headers: { ...headers, 'content-security-policy': policy } };
}

/** Base64, as a policy names a script. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
