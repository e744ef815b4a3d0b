import type { Nothing } from '../reason.ts';

/** Reasons of several modules, none of which may import the other. */
export const sharedReasons = {
  nothingFound: {
    cites: 'cardea --help',
    words: (e: { kind: string; wanted: string }) => `there is no ${e.kind} "${e.wanted}"`,
    remedy: 'Run the `list` command for objects of this kind.',
  },
  policyDocumentUnreadable: {
    cites: 'Appendix A',
    words: (e: { problem: string }) => `the policy document cannot be used: ${e.problem}`,
    remedy: 'Run `cardea policy get` for a document of the correct form.',
  },
  domainTaken: {
    cites: '§1.2',
    words: (e: { domain: string }) => `the domain ${e.domain} already belongs to a tenant`,
    remedy: 'A domain can be verified in one tenant only.',
  },
  graphObjectConflict: {
    cites: 'graph-api §1.4',
    words: (e: { target: string; value: string }) =>
      `Another object of this tenant already has the ${e.target} "${e.value}": a conflicting object with one or more of the specified property values is present.`,
  },
  tenantUnknown: {
    entra: 90002,
    cites: 'ERR-1',
    words: (e: { tenant: string }) => `this installation has no tenant "${e.tenant}"`,
    remedy:
      'Use the tenant id, a verified domain, "common" or "organizations". `cardea tenant list` lists the tenants.',
    person:
      'The organization in this address is not known here. Check the address with the application’s administrator.',
  },
  parameterMissing: {
    entra: 900144,
    cites: 'RFC 6749 §5.2',
    words: (e: { parameters: string }) => `the request must contain the parameter ${e.parameters}`,
    remedy: 'Send every parameter that the grant type requires, in the form body of a POST request.',
  },
  requestMalformed: {
    entra: 90013,
    cites: 'RFC 6749 §5.2',
    words: (e: { problem: string }) => `the request is malformed: ${e.problem}`,
    remedy: 'Correct the request.',
    person: 'The application sent a request that cannot be understood.',
  },
  graphTokenRefused: {
    cites: 'graph-api §2.1, RFC 6750 §3.1',
    words: (e: { problem: string }) => `the access token cannot be used: ${e.problem}`,
    remedy: 'Request an access token for Microsoft Graph from the login host.',
  },
  graphBodyTooLarge: {
    cites: 'RFC 9110 §15.5.14',
    words: (e: { limit: number }) => `the body is larger than ${e.limit} bytes`,
  },
  serviceUnavailable: {
    entra: 90033,
    cites: 'RFC 9110 §15.6.4',
    words: (_: Nothing) => 'The service is temporarily unavailable. Try again later',
    remedy: 'Look up the correlation id in the log of the server.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  archiveUnreadable: {
    cites: 'CRL-13',
    words: (e: { file: string; problem: string }) => `the archive ${e.file} cannot be read: ${e.problem}`,
    remedy: 'Use a zip file without encryption or a tar file, or import the CRLs one by one.',
  },
};
