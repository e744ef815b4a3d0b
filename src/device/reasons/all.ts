import { deviceCertificateReasons } from './certificate.ts';
import { deviceSignInReasons } from './primary-refresh.ts';
import { registrationReasons } from './registration.ts';

/** Reasons of requests by devices. */
export const deviceReasons = {
  ...registrationReasons,
  ...deviceCertificateReasons,
  ...deviceSignInReasons,
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly device: typeof deviceReasons;
  }
}
