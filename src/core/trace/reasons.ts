import type { Reason } from './reason.ts';
import { accessReasons } from './reasons/access.ts';
import { trustReasons } from './reasons/administration/trust.ts';
import { administrationReasons } from './reasons/administration.ts';
import { certificateReasons } from './reasons/certificate.ts';
import { deviceReasons } from './reasons/device.ts';
import { deviceRegistrationReasons } from './reasons/device-registration.ts';
import { deviceClientReasons } from './reasons/devices/device-client.ts';
import { hybridReasons } from './reasons/devices/hybrid.ts';
import { workstationReasons } from './reasons/devices/workstation.ts';
import { synchronisationReasons } from './reasons/directory/synchronisation.ts';
import { factorReasons } from './reasons/factors.ts';
import { graphReasons } from './reasons/graph.ts';
import { applicationCertificateReasons } from './reasons/oauth/application-certificate.ts';
import { clientReasons } from './reasons/oauth/clients.ts';
import { deviceCodeReasons } from './reasons/oauth/device-codes.ts';
import { grantReasons } from './reasons/oauth/grants.ts';
import { oauthRequestReasons } from './reasons/oauth/requests.ts';
import { startReasons } from './reasons/operation/start.ts';
import { upkeepReasons } from './reasons/operation/upkeep.ts';
import { operationReasons } from './reasons/operation.ts';
import { pathReasons } from './reasons/path.ts';
import { primaryRefreshReasons } from './reasons/primary-refresh.ts';
import { crlFormReasons } from './reasons/revocation/crl-form.ts';
import { ocspReasons } from './reasons/revocation/ocsp.ts';
import { revocationReasons } from './reasons/revocation.ts';
import { selfServiceReasons } from './reasons/self-service.ts';
import { signInReasons } from './reasons/sign-in.ts';
import { strengthReasons } from './reasons/strength.ts';
import { userReasons } from './reasons/user.ts';

/**
 * The one table of reasons: code → rule, Entra error number, words, remedy. Codes are stored and never renamed or
 * reused; words are made when read, so better words improve old logs. One file a step, joined here.
 */
export const reasons = {
  ...certificateReasons,
  ...pathReasons,
  ...revocationReasons,
  ...crlFormReasons,
  ...ocspReasons,
  ...userReasons,
  ...strengthReasons,
  ...accessReasons,
  ...factorReasons,
  ...deviceReasons,
  ...deviceRegistrationReasons,
  ...primaryRefreshReasons,
  ...deviceClientReasons,
  ...workstationReasons,
  ...hybridReasons,
  ...signInReasons,
  ...clientReasons,
  ...grantReasons,
  ...deviceCodeReasons,
  ...oauthRequestReasons,
  ...applicationCertificateReasons,
  ...selfServiceReasons,
  ...administrationReasons,
  ...trustReasons,
  ...operationReasons,
  ...upkeepReasons,
  ...startReasons,
  ...graphReasons,
  ...synchronisationReasons,
} satisfies Record<string, Reason<never>>;

type Reasons = typeof reasons;

/** Every code there is. */
export type Code = keyof Reasons;

/** The evidence a code demands. */
export type EvidenceOf<C extends Code> = Parameters<Reasons[C]['words']>[0];

/** A code with exactly its own evidence. */
export type Because = { [C in Code]: { readonly code: C; readonly evidence: EvidenceOf<C> } }[Code];

/** `because('certificateExpired', {...})`: the one way to make a reason. */
export function because<C extends Code>(code: C, evidence: EvidenceOf<C>): Because {
  return { code, evidence } as Because;
}
