import { CardeaError } from '#core/trace/fault.ts';
import { isFault } from '#core/trace/faults.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { deviceGrant } from '../../device-code/device-flow.ts';

/** What the provider threw, as far as it says. */
export interface ProviderError extends Error {
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
  readonly error_detail?: string | undefined;
  readonly expose?: boolean;
}
export interface ErrorSituation {
  readonly appId: string;
  readonly tenant: string;
  readonly redirectUri: string;
  readonly grantType: string;
  readonly responseType: string;
  readonly challengeMethod: string;
  readonly clientSentSecret: boolean;
}

type Explain = (situation: ErrorSituation, text: string) => Because;

/** The provider's own sentences, each with our reason for it. Read in this order; the first that fits. */
export const explanations: readonly (readonly [pattern: RegExp, explain: Explain])[] = [
  [/client not found/, (s) => because('applicationUnknown', { appId: s.appId, tenant: s.tenant })],
  [/invalid secret provided/, (s) => because('clientSecretWrong', { appId: s.appId })],
  [/client certificate not provided/, (s) => because('applicationCertificateMissing', { appId: s.appId })],
  [/failed x5t#S256 verification/, (s) => because('refreshTokenUnproven', { appId: s.appId })],
  [
    /mechanism does not match|no client authentication/,
    (s) => because(s.clientSentSecret ? 'clientPublic' : 'clientSecretMissing', { appId: s.appId }),
  ],
  [
    /already consumed/,
    (s) => because(s.grantType === 'refresh_token' ? 'refreshTokenUnknown' : 'codeRedeemed', { appId: s.appId }),
  ],
  [/^authorization_pending/, (s) => because('deviceCodePending', { appId: s.appId })],
  [/^slow_down/, (s) => because('devicePolledTooFast', { appId: s.appId })],
  [/^expired_token|device code (not found|is expired)/, (s) => because('deviceCodeExpired', { appId: s.appId })],
  [/authorization code (not found|is expired)/, (s) => because('codeUnknown', { appId: s.appId })],
  [/refresh token already used/, (s) => because('refreshTokenReplayed', { appId: s.appId })],
  [/refresh token (not found|is expired)/, (s) => because('refreshTokenUnknown', { appId: s.appId })],
  [/client mismatch/, (s) => because('codeUnknown', { appId: s.appId })],
  [
    /not supported value of code_challenge_method|code_challenge_method must be provided/,
    (s) =>
      because('codeChallengeMethodUnsupported', { appId: s.appId, method: s.challengeMethod.slice(0, 40) || 'plain' }),
  ],
  [/^request_not_supported/, () => because('requestObjectUnsupported', { parameter: 'request' })],
  [/^request_uri_not_supported/, () => because('requestObjectUnsupported', { parameter: 'request_uri' })],
  [
    /response_mode is not allowed/,
    (s) => because('responseModeNotForTokens', { responseType: s.responseType.slice(0, 100) }),
  ],
  [
    /response_type is not allowed/,
    (s) => because('idTokenIssuanceOff', { responseType: s.responseType.slice(0, 100), appId: s.appId }),
  ],
  [/code_verifier/, (s) => because('codeVerifierWrong', { appId: s.appId })],
  [/requires PKCE|code_challenge/, (s) => because('codeChallengeMissing', { appId: s.appId })],
  [/redirect_uri mismatch/, (s) => because('redirectUriOther', { appId: s.appId })],
  [
    /redirect_uri did not match/,
    (s) => because('redirectUriUnknown', { appId: s.appId, redirectUri: s.redirectUri.slice(0, 500) }),
  ],
  [/grant not found|grant is expired|account not found/, (s) => because('grantEnded', { appId: s.appId })],
  [/missing required parameter/, (_, text) => because('parameterMissing', { parameters: quotedParameter(text) })],
  [
    /unsupported_response_type|response_type/,
    (s) => because('responseTypeUnsupported', { responseType: s.responseType.slice(0, 100) }),
  ],
  [/grant.type/, (s) => because('grantTypeUnsupported', { grantType: s.grantType.slice(0, 100), appId: s.appId })],
  [/^(login|interaction|consent)_required/, (_, text) => because('interactionNeeded', { error: firstWord(text) })],
];

/**
 * The fault of the service behind an error of the provider, which wraps what a store throws in an OAuth error in places;
 * undefined where the provider refused.
 */
export function faultIn(error: ProviderError | undefined): unknown {
  if (error === undefined) return undefined;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof CardeaError) return isFault(cause) ? cause : undefined;
  }
  return error.expose ? undefined : error;
}

/** The reason behind an error of the provider; an unknown message is passed on, a fault stays a fault. */
export function explainError(error: ProviderError, situation: ErrorSituation): Because {
  if (faultIn(error) !== undefined) return because('serviceUnavailable', {});
  if (error.cause instanceof CardeaError) return error.cause.because;
  const text = [error.error, error.error_description, error.error_detail].filter(Boolean).join(': ');
  if (situation.grantType === deviceGrant && /^(access_denied|consent_required)/.test(text)) {
    const { appId } = situation;
    if (error.error === 'access_denied') return because('deviceDeclined', { appId });
    return because('deviceRefused', { appId, problem: (error.error_description ?? '').slice(0, 300) });
  }
  const explanation = explanations.find(([pattern]) => pattern.test(text));
  return explanation ? explanation[1](situation, text) : because('requestMalformed', { problem: text.slice(0, 300) });
}

/** Entra's word for it, which is not always OAuth's: an unknown application is `unauthorized_client` in Entra. */
export const errorWord = (word: string, { code }: Because): string => words[code] ?? word;

const words: Partial<Record<Because['code'], string>> = {
  applicationUnknown: 'unauthorized_client',
  deviceCodeExpired: 'expired_token',
  deviceDeclined: 'authorization_declined',
};

const firstWord = (text: string): string => /^\w+/.exec(text)?.[0] ?? '';
/** The names in the provider's sentence: missing required parameters 'code' and 'redirect_uri'. */
const quotedParameter = (text: string): string =>
  [...text.matchAll(/'([\w-]{1,50})'/g)].map(([, name]) => name).join(', ') || text.slice(0, 100);
