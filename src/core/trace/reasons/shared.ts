import type { Nothing } from '../reason.ts';

/** Reasons of several modules, none of which may import the other. */
export const sharedReasons = {
  nothingFound: {
    references: 'cardea --help',
    message: (e: { kind: string; wanted: string }) => `there is no ${e.kind} "${e.wanted}"`,
    remedy: 'Check the name or the id. Most kinds have a `list` command (`cardea --help`).',
  },
  policyDocumentUnreadable: {
    references: 'Appendix A',
    message: (e: { problem: string }) => `the policy document cannot be used: ${e.problem}`,
    remedy: 'Run `cardea policy get` for a document of the correct form.',
  },
  domainTaken: {
    references: '§1.2',
    message: (e: { domain: string }) => `the domain ${e.domain} already belongs to a tenant`,
    remedy: 'A domain can be verified in one tenant only.',
  },
  graphObjectConflict: {
    references: 'graph-api §1.4',
    message: (e: { target: string; value: string }) =>
      `Another object of this tenant already has the ${e.target} "${e.value}": a conflicting object with one or more of the specified property values is present.`,
  },
  tenantUnknown: {
    entra: 90002,
    references: 'ERR-1',
    message: (e: { tenant: string }) => `this installation has no tenant "${e.tenant}"`,
    remedy:
      'Use the tenant id, a verified domain, "common" or "organizations". `cardea tenant list` lists the tenants.',
    userMessage:
      'The organization in this address is not known here. Check the address with the application’s administrator.',
  },
  parameterMissing: {
    entra: 900144,
    references: 'RFC 6749 §5.2',
    message: (e: { parameters: string }) => `the request must contain the parameter ${e.parameters}`,
    remedy: 'Send every parameter that the grant type requires, in the form body of a POST request.',
  },
  requestMalformed: {
    entra: 90013,
    references: 'RFC 6749 §5.2',
    message: (e: { problem: string }) => `the request is malformed: ${e.problem}`,
    remedy: 'Correct the request.',
    userMessage: 'The application sent a request that cannot be understood.',
  },
  graphTokenRefused: {
    references: 'graph-api §2.1, RFC 6750 §3.1',
    message: (e: { problem: string }) => `the access token cannot be used: ${e.problem}`,
    remedy: 'Request an access token for Microsoft Graph from the login host.',
  },
  graphBodyTooLarge: {
    references: 'RFC 9110 §15.5.14',
    message: (e: { limit: number }) => `the body is larger than ${e.limit} bytes`,
  },
  serviceUnavailable: {
    entra: 90033,
    references: 'RFC 9110 §15.6.4',
    message: (_: Nothing) => 'The service is temporarily unavailable. Try again later',
    remedy: 'Look up the correlation id in the log of the server.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  archiveUnreadable: {
    references: 'CRL-13',
    message: (e: { file: string; problem: string }) => `the archive ${e.file} cannot be read: ${e.problem}`,
    remedy: 'Use a zip file without encryption or a tar file, or import the CRLs one by one.',
  },
};
