import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases } from './cases.ts';
import { versionOf } from './toolchains.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'reference', 'clients.md');

/** How the flow of a client ended in one run. */
export type Outcome = 'works' | 'fails' | `not run: ${string}`;

const intro = `# Clients of other vendors

<!-- Written by npm run clients. Do not edit. -->

Each row is a program in the client's own language that does what the quick start of its documentation does. Nothing is set but
host names, the authority, redirect addresses and the file of trusted root certificates. \`npm test\` runs the programs whose
toolchains are installed. \`npm run clients\` runs them alone and writes this page.

MSAL for Java leaves the port out of the authority of an account: where the login host has a port other than 443, a token is
found in its cache and cannot be renewed silently.

Run manually, and not by these programs: MSAL.NET 4.83.3 (client credentials; interactive and device code, each with a silent renewal), and
the Microsoft Graph SDK for Python with azure-identity (users, groups, delta, policies, logs, page iterator). Both work unmodified. MSAL.NET
ran on Mono 6.8 with an empty stand-in for the metrics library of .NET 6, which Mono lacks. ASP.NET and Microsoft.Identity.Web are tested by the shape of their requests alone.

| Language | Client | Version | Flow | Result |
|---|---|---|---|---|
`;

/** Writes the page from the outcomes of a run. @param outcomes by {@link keyOf} */
export function writeTable(outcomes: ReadonlyMap<string, Outcome>): void {
  const lines = cases.map((item) => `${rowOf(item)} ${outcomes.get(keyOf(item)) ?? 'not run: no reason known'} |\n`);
  writeFileSync(file, intro + lines.join(''));
}

type Item = (typeof cases)[number];

/** Names one flow of one client. */
export const keyOf = ({ client, flow }: Pick<Item, 'client' | 'flow'>): string => `${client}: ${flow}`;

const rowOf = ({ language, client, manifestName, flow }: Item): string =>
  `| ${language} | ${client} | ${versionOf(language, manifestName)} | ${flow} |`;

/** Rows that the page lacks: of a flow, a client or a version that changed since it was written. */
export function rowsMissing(): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return cases.map(rowOf).filter((row) => !text.includes(row));
}
