import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
import { SourceBuckets, sourceOf } from '#net/limits/limits.ts';
import { sharedAs } from '#net/limits/shared-limits.ts';
import { requireJson } from '#schema/json.ts';
import { openContext, openFlowToken, sealFlowToken } from '#signin/scripted/flow-secrets.ts';
import { chooseRealm, chooseTenant } from '#signin/user/realm.ts';
import type { OidcOptions } from '../provider/options.ts';
import { bodyText } from './body.ts';
import { remoteAddress } from './request-notes.ts';

/** `POST /{tenant}/GetCredentialType`; the case of the path does not count (windows-sign-in §0.5). */
export const credentialTypePath = /^\/([\w.-]{1,253})\/getcredentialtype\/?$/i;

/** Questions of one source in ten seconds. An office of several thousand people behind one address stays below it. */
export const questionsPerTenSeconds = 200;

const ifExists = { here: 0, unknown: 1, throttled: 2 } as const;
const domainTypes = { unknown: 1, managed: 3, federated: 4 } as const;

/** What counts of the body of a question. A name that is empty, too long or not text counts as missing. */
const question = z.object({
  username: z
    .string()
    .max(400)
    .refine((name) => name.trim() !== '')
    .optional()
    .catch(undefined),
  originalRequest: z.unknown().optional(),
  flowToken: z.unknown().optional(),
});
type Question = z.infer<typeof question>;

/** What a name can sign in with. */
interface CredentialTypes {
  readonly exists: (typeof ifExists)[keyof typeof ifExists];
  readonly domain: keyof typeof domainTypes;
  readonly certAuthUrl?: string | undefined;
  readonly redirectUrl?: string;
}

/**
 * How a user name signs in, for clients without the sign-in page (windows-sign-in §1.4). The answer is the domain's and the
 * tenant's, as the sign-in page's is: it is the same for a name of no user.
 */
export class CredentialTypeQuestions {
  readonly #options: OidcOptions;
  readonly #sources: SourceBuckets;

  constructor(options: OidcOptions) {
    this.#options = options;
    const sharedLimits = sharedAs(options.sharedLimits, 'credential types');
    this.#sources = new SourceBuckets(questionsPerTenSeconds, undefined, undefined, sharedLimits);
  }

  /** @param tenant of the path; undefined where the domain of the name decides. Refuses with parameterMissing a body without a name. */
  async answer(req: IncomingMessage, tenant: Tenant | undefined): Promise<Ruling<Record<string, unknown>>> {
    const body = await readQuestion(req);
    const { username } = body;
    if (username === undefined) return refused('parameterMissing', { parameters: 'username' });
    const wait = this.#sources.take(sourceOf(remoteAddress(req)), this.#options.clock.now().getTime());
    const types: CredentialTypes =
      wait === undefined ? await this.#typesOf(username, tenant) : { exists: ifExists.throttled, domain: 'unknown' };
    return success(shapeOf(username, types, this.#flowToken(body, username)));
  }

  /** The token for the next step where the client is in a scripted sign-in (windows-sign-in §4.2); else one that leads nowhere. */
  #flowToken({ originalRequest, flowToken }: Question, username: string): string {
    const { flowSealing, clock } = this.#options;
    const at = clock.now();
    const context = flowSealing && openContext(originalRequest, flowSealing, at);
    const token = context && openFlowToken(flowToken, context, flowSealing, at);
    if (!token) return opaque();
    return sealFlowToken(context, { proofs: token.proofs, username: username.trim() }, flowSealing, at);
  }

  async #typesOf(typedText: string, expectedValue: Tenant | undefined): Promise<CredentialTypes> {
    const name = await chooseTenant(typedText, this.#options.tenants, expectedValue);
    if (name.outcome !== 'passed') return { exists: ifExists.unknown, domain: 'unknown' };
    const { username, tenant } = name.value;
    const realm = await chooseRealm(username, await this.#options.realmPorts(tenant.id), { domainHint: false });
    if (realm.outcome !== 'passed') return { exists: ifExists.here, domain: 'federated' };
    if (realm.value.kind === 'elsewhere') {
      return { exists: ifExists.here, domain: 'federated', redirectUrl: realm.value.provider.passiveSignInUri };
    }
    return { exists: ifExists.here, domain: 'managed', certAuthUrl: await this.#options.certAuthUrl(tenant.id) };
  }
}

/** @throws requestMalformed when it is not a JSON object, or larger than 64 KiB */
async function readQuestion(req: IncomingMessage): Promise<Question> {
  const text = await bodyText(req);
  const problem = jsonShapeProblem(text);
  if (problem) throw fault('requestMalformed', { problem: `the body: ${problem}` });
  return requireJson(question, text, () => fault('requestMalformed', { problem: 'the body is not a JSON object' }));
}

/** An opaque value that clients send back. */
const opaque = () => randomBytes(32).toString('base64url');

function shapeOf(username: string, { exists, domain, certAuthUrl, redirectUrl }: CredentialTypes, flowToken: string) {
  return {
    Username: username,
    Display: username,
    IfExistsResult: exists,
    IsUnmanaged: false,
    ThrottleStatus: exists === ifExists.throttled ? 1 : 0,
    Credentials: {
      PrefCredential: domain === 'federated' ? 4 : 1,
      HasPassword: domain !== 'federated',
      HasCertAuth: certAuthUrl !== undefined,
      HasFido: false,
      HasRemoteNGC: false,
      HasAccessPass: false,
      RemoteNgcParams: null,
      FidoParams: null,
      SasParams: null,
      GoogleParams: null,
      FacebookParams: null,
      CertAuthParams: certAuthUrl === undefined ? null : { CertAuthUrl: certAuthUrl },
      ...(redirectUrl === undefined ? {} : { FederationRedirectUrl: redirectUrl }),
    },
    EstsProperties: { UserTenantBranding: null, DomainType: domainTypes[domain] },
    FlowToken: flowToken,
    IsSignupDisallowed: true,
    apiCanary: opaque(),
  };
}
