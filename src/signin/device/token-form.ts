import { z } from 'zod';
import { type Form, longest, othersOnce, type Source, single, texts } from '#schema/form.ts';
import { formIn } from '../read-form.ts';

/**
 * What a client sends to the token endpoint and for a device code. No parameter may be sent twice (RFC 6749 §3.2, RFC 8628 §3.1) but
 * `resource`, of which each is one (RFC 8707 §2).
 */
export const tokenParameters = z
  .object({
    grant_type: single(),
    scope: single(longest.document),
    /** As long as a scope: it becomes the resource of a request to the provider. */
    resource: texts(longest.document),
    claims: single(longest.document),
    client_info: single(),
    /** The client, and what it authenticates with (RFC 6749 §2.3.1, RFC 7521 §4.2). */
    client_id: single(),
    client_secret: single(),
    client_assertion: single(longest.document),
    client_assertion_type: single(),
    /** What the grants stand on; `code` is another name of `device_code` as well. */
    code: single(longest.document),
    redirect_uri: single(longest.document),
    refresh_token: single(longest.document),
    device_code: single(longest.document),
    assertion: single(longest.document),
    requested_token_use: single(),
    /** `mtls_pop` wants a token that is bound to the client certificate. */
    token_type: single(),
    /** A signed request of a device, and the form of its answer (windows-sign-in §3). */
    request: single(longest.document),
    windows_api_version: single(),
    prt_protocol_version: single(),
    domain_hint: single(),
  })
  .catchall(othersOnce());

export type TokenForm = Form<typeof tokenParameters>;

/** Reads a token request. @throws requestMalformed */
export const tokenFormOf = (source: Source): TokenForm => formIn(tokenParameters, source);
