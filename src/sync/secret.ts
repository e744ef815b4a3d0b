import { fault } from '#core/trace/fault.ts';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';
import { authoritiesProblem } from '#net/pem-files.ts';
import { readRegularFile } from '#net/regular-file.ts';
import type { SynchronisedDomain } from '#schema/directory-synchronisation.ts';

/** The password of the account, from its file or environment variable. @throws syncSecretMissing */
export function passwordOf(
  { domain, passwordFile, passwordVariable }: SynchronisedDomain,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const from = passwordFile ?? passwordVariable ?? '';
  const value = passwordFile === undefined ? environment[from] : fileText(domain, passwordFile).replace(/\r?\n$/, '');
  if (!value) throw fault('syncSecretMissing', { domain, from, problem: 'it is empty or missing' });
  return value;
}

/** PEM of the CAs for a domain controller; undefined where none are named. @throws syncSecretMissing */
export function authoritiesOf({ domain, caFile }: SynchronisedDomain): string | undefined {
  if (caFile === undefined) return undefined;
  const text = fileText(domain, caFile);
  const problem = authoritiesProblem(text);
  if (problem !== undefined) throw fault('syncSecretMissing', { domain, from: caFile, problem });
  return text;
}

function fileText(domain: string, file: string): string {
  try {
    return readRegularFile(file).toString('utf8');
  } catch (problem) {
    const evidence = { domain, from: file, problem: fileProblemText((problem as Error).message) };
    throw fault('syncSecretMissing', evidence, problem);
  }
}
