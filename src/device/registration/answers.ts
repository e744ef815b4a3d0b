import { messageOf, remedyOf } from '#core/trace/fault.ts';
import type { Because, Code } from '#core/trace/reasons.ts';

type ErrorType = 'AuthenticationError' | 'AuthorizationError' | 'DirectoryError' | 'ValidationError';

/** Status and ErrorType of a refusal; a request is invalid where nothing else is said (windows-sign-in §2.4). */
const shapes: Partial<Record<Code, readonly [number, ErrorType]>> = {
  deviceTokenRefused: [401, 'AuthenticationError'],
  joinNeedsMultiFactor: [401, 'AuthenticationError'],
  helloTokenRefused: [401, 'AuthenticationError'],
  deviceCertificateMissing: [401, 'AuthenticationError'],
  deviceCertificateUnreadable: [401, 'AuthenticationError'],
  deviceCertificateUntrusted: [401, 'AuthenticationError'],
  deviceCertificateOutdated: [401, 'AuthenticationError'],
  deviceCertificateMisfit: [401, 'AuthenticationError'],
  deviceUnknown: [401, 'AuthenticationError'],
  deviceDisabled: [401, 'AuthenticationError'],
  deviceIdMismatch: [401, 'AuthenticationError'],
  sidProofRefused: [400, 'AuthenticationError'],
  joinNotAllowed: [403, 'AuthorizationError'],
  deviceQuotaReached: [403, 'AuthorizationError'],
  windowsNotSupported: [403, 'AuthorizationError'],
  syncedDeviceMissing: [400, 'DirectoryError'],
  tenantUnknown: [400, 'DirectoryError'],
  graphBodyTooLarge: [413, 'ValidationError'],
};

/** JSON of the service. Nothing may be cached (windows-sign-in §0.5). */
export function answer(body: unknown, headers: Readonly<Record<string, string>>, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}

/** An error in the form of MS-DVRJ 2.2.3.1 and in that of the newer service, in one object (windows-sign-in §2.4). */
export function errorBody(
  because: Because,
  { traceId, at, operation }: { readonly traceId: string; readonly at: Date; readonly operation: string },
): { readonly status: number; readonly body: Record<string, string> } {
  const [status, type] = shapes[because.code] ?? [400, 'ValidationError'];
  const message = [messageOf(because), remedyOf(because)].filter((text) => text !== undefined).join(' ');
  const time = at.toISOString();
  const [year, month, day] = time.slice(0, 10).split('-');
  return {
    status,
    body: {
      ErrorType: type,
      Message: message,
      TraceId: traceId,
      Time: `${month}-${day}-${year} ${time.slice(11, 19)}Z`,
      code: newCodes[type],
      subcode: because.code,
      message,
      operation,
      requestid: traceId,
      time: `${time.slice(0, 19)}Z`,
    },
  };
}

const newCodes: Readonly<Record<ErrorType, string>> = {
  AuthenticationError: 'authentication_error',
  AuthorizationError: 'authorization_error',
  DirectoryError: 'directory_error',
  ValidationError: 'invalid_request',
};
