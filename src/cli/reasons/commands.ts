import { fileProblemText } from '#core/trace/reasons/file-problem.ts';

/** What a command reads and reaches. */
export const commandReasons = {
  commandMisused: {
    references: 'cardea --help',
    message: (e: { problem: string }) => e.problem,
    remedy:
      'Run `cardea COMMAND --help` for the arguments and options of a command, or `cardea --help` for all commands.',
  },
  fileUnreadable: {
    references: 'cardea --help',
    message: (e: { file: string; problem: string }) => `${e.file} cannot be read: ${fileProblemText(e.problem)}`,
    remedy: 'Check the path, its permissions and the content of the file.',
  },
  signInClientFailed: {
    references: 'W-1 … W-5',
    message: (e: { step: string; problem: string }) => `the sign-in stopped at "${e.step}": ${e.problem}`,
    remedy: 'Run `cardea explain` with the correlation id to see every step.',
  },
  serverFailed: {
    references: 'cardea sign-in --help',
    message: (e: { url: string; status: number }) => `${e.url} answered HTTP ${e.status}`,
    remedy: 'The server or its database has a fault. Look at the log of the server, and at `/health/ready`.',
  },
  serverAddressUnknown: {
    references: 'cardea sign-in --help',
    message: (e: { problem: string }) => `the address of the server is not known without its database: ${e.problem}`,
    remedy: 'Specify the address of the server with --url, or make the database available.',
  },
  serverUnreachable: {
    references: 'cardea sign-in --help',
    message: (e: { url: string; problem: string }) => `${e.url} did not answer: ${e.problem}`,
    remedy:
      'Start the server with "cardea serve", specify another server with --url, or specify the CA of its TLS certificate with --ca.',
  },
};
