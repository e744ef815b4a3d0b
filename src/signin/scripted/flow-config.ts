import { randomBytes } from 'node:crypto';
import { entraNumberOf, userMessageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';

/** Members of `$Config`, the one-line object by which a client without the pages finds the next step (windows-sign-in §4.2). */
export type FlowConfig = Readonly<Record<string, unknown>>;

/** Where a scripted sign-in is. */
export interface FlowPlace {
  readonly loginOrigin: string;
  readonly tenantId: string;
  readonly correlationId: string;
  /** Sealed; absent where the sign-in cannot continue. */
  readonly ctx?: string | undefined;
  readonly flowToken?: string | undefined;
}

/** What every `$Config` has. Addresses are whole, because clients do not agree on how to complete a path. */
export function flowConfig({ loginOrigin, tenantId, correlationId, ctx, flowToken }: FlowPlace): FlowConfig {
  const base = `${loginOrigin}/${tenantId}`;
  return {
    ...(ctx === undefined ? {} : { sCtx: ctx, urlResume: `${base}/resume?ctx=${ctx}` }),
    ...(flowToken === undefined ? {} : { sFT: flowToken, sFTName: 'flowToken' }),
    // Clients send both back. The flow token is what protects the step, so neither is compared with anything.
    canary: opaque(),
    apiCanary: opaque(),
    sessionId: crypto.randomUUID(),
    correlationId,
    sTenantId: tenantId,
    urlPost: `${base}/login`,
    urlGetCredentialType: `${base}/GetCredentialType?mkt=en-US`,
    urlFidoLogin: `${base}/fido/get?uiflavor=Web`,
    iAllowedIdentities: 2,
    pgid: 'ConvergedSignIn',
  };
}

/** What a refusal adds to `$Config`. Only the sentence that a person may read goes out. */
export function refusalConfig(reason: Because, { correlationId, at }: { correlationId: string; at: Date }): FlowConfig {
  const number = entraNumberOf(reason);
  const sentence = userMessageOf(reason);
  const time = at
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  return {
    strMainMessage: sentence,
    strServiceExceptionMessage: `AADSTS${number}: ${sentence}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${time}`,
    sErrorCode: String(number),
    iErrorCode: number,
    sErrTxt: sentence,
  };
}

const opaque = (): string => randomBytes(32).toString('base64url');
