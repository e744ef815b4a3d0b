import type { Nothing } from '#core/trace/reason.ts';

/** What can be wrong with a request to Microsoft Graph. */
export const graphReasons = {
  graphPathUnknown: {
    references: 'graph-api §1.4',
    message: (e: { segment: string }) => `Resource not found for the segment '${e.segment}'.`,
  },
  graphMethodNotAllowed: {
    references: 'RFC 9110 §15.5.6',
    message: (e: { method: string; allowed: readonly string[] }) =>
      `${e.method} is not supported at this address; supported: ${e.allowed.join(', ')}`,
  },
  graphQueryUnreadable: {
    references: 'OData 4.01 Part 2 §5.1',
    message: (e: { option: string; problem: string }) => `${e.option} cannot be read: ${e.problem}`,
  },
  graphQueryUnsupported: {
    references: 'graph-api §1.6',
    message: (e: { problem: string }) => e.problem,
  },
  graphPageTokenStale: {
    references: 'graph-api §1.5',
    message: (_: Nothing) => 'the $skiptoken belongs to another query, or is no longer valid',
    remedy: 'Use the complete @odata.nextLink of an earlier response, or start again without a $skiptoken.',
  },
  graphNotOffered: {
    references: 'graph-api §16',
    message: (e: { segment: string }) => `'${e.segment}' is a part of Microsoft Graph that Cardea does not implement`,
  },
  graphTenantOther: {
    references: 'graph-api §1.1',
    message: (e: { tenant: string }) => `the access token is not for the tenant '${e.tenant}' in the address`,
    remedy: 'Request a token of that tenant, or remove the tenant from the address.',
  },
  graphDeltaTokenStale: {
    references: 'graph-api §6.3',
    message: (_: Nothing) => 'the $deltatoken belongs to another query, or is older than thirty days',
    remedy: 'Start again without a token, and replace the objects that you synchronized.',
  },
  graphBodyUnreadable: {
    references: 'graph-api §1.4',
    message: (e: { problem: string }) => `the body cannot be used: ${e.problem}`,
  },
  graphContentTypeUnsupported: {
    references: 'graph-api §1.4, RFC 9110 §15.5.16',
    message: (e: { type: string }) => `a body of type "${e.type}" is not supported at this address`,
    remedy: 'Send Content-Type: application/json. For a picture, send image/png or another picture type.',
  },
  graphDependencyFailed: {
    references: 'graph-api §1.7',
    message: (e: { id: string }) => `request ${e.id}, on which this one depends, did not succeed`,
  },
  privateKeySent: {
    references: 'docs/spec/graph-for-the-admin-center.md#row-12',
    message: (e: { target: string; kind: string }) => `${e.target}: the file contains a private key (${e.kind})`,
    remedy:
      'Send the certificate only. If the private key has left its computer, treat it as compromised and replace the certificate.',
  },
  pictureMissing: {
    references: 'docs/spec/graph-for-the-admin-center.md#row-40',
    message: (_: Nothing) => 'The photo was not found.',
  },
  graphVersionConflict: {
    references: 'RFC 9110 §13.1.1',
    message: (e: { changedBy: string | undefined; changedDateTime: string | undefined }) => {
      const by = e.changedBy === undefined ? '' : ` by ${e.changedBy}`;
      const at = e.changedDateTime === undefined ? '' : ` at ${e.changedDateTime}`;
      return `the resource was changed${by}${at}, after you read it`;
    },
    remedy: 'Read the resource again and repeat the change.',
  },
  graphThrottled: {
    references: 'graph-api §1.8, RFC 6585 §4',
    message: (e: { seconds: number }) => `too many requests; try again in ${e.seconds} seconds`,
  },
  graphSelectNotOfLists: {
    references: 'graph-api §1.4',
    message: (e: { property: string }) => `${e.property} can be selected for a single user only`,
  },
  graphPersonNeeded: {
    references: 'graph-api §6.1',
    message: (_: Nothing) => '/me request is only valid with delegated authentication flow.',
  },
  graphFault: {
    entra: 90033,
    references: 'graph-api §1.4',
    message: (_: Nothing) =>
      'the server failed to process the request; look up the request-id in the log of the server',
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly graph: typeof graphReasons;
  }
}
