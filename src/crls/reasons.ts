/** Downloads of files of CAs. What a step of a sign-in records about CRLs and OCSP answers is in the table of core. */
export const crlsReasons = {
  uploadUrlRefused: {
    references: 'UP-1, graph-api §5',
    message: (e: { url: string; problem: string }) => `${e.url} was not downloaded: ${e.problem}`,
    remedy: 'Add its host to the setting uploadHosts, or upload the file itself: `cardea ca upload FILE`.',
  },
  uploadFailed: {
    references: 'UP-1',
    message: (e: { url: string; problem: string }) => `${e.url} could not be downloaded: ${e.problem}`,
    remedy: 'Check that this server can reach the address, or upload the file itself: `cardea ca upload FILE`.',
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly crls: typeof crlsReasons;
  }
}
