import type { SignInRecord } from '#model/sign-in.ts';
import type { SignInRequest } from '../request.ts';

/** The part of a log entry that a request without a user at a page has. */
export const entryWithoutPage = (visit: Omit<SignInRequest, 'username'>, at: Date) =>
  ({
    id: crypto.randomUUID(),
    correlationId: visit.correlationId,
    createdDateTime: at,
    appId: visit.application.appId,
    appDisplayName: visit.application.displayName,
    resourceId: visit.resourceId,
    ipAddress: visit.ipAddress,
    userAgent: visit.userAgent.slice(0, 512),
    isInteractive: false,
    proofs: [],
  }) satisfies Partial<SignInRecord>;
