import type { SignInRecord } from '#model/sign-in.ts';
import type { SignInRequest } from '../request.ts';

/** The part of a log entry that a request without a user at a page has. */
export const entryWithoutPage = (signInRequest: Omit<SignInRequest, 'username'>, at: Date) =>
  ({
    id: crypto.randomUUID(),
    correlationId: signInRequest.correlationId,
    createdDateTime: at,
    appId: signInRequest.application.appId,
    appDisplayName: signInRequest.application.displayName,
    resourceId: signInRequest.resourceId,
    ipAddress: signInRequest.ipAddress,
    userAgent: signInRequest.userAgent.slice(0, 512),
    isInteractive: false,
    proofs: [],
  }) satisfies Partial<SignInRecord>;
