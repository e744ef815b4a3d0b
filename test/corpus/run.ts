import { resolve } from 'node:path';
import { table } from '#cli/output/table.ts';
import { has } from '../pki/openssl.ts';
import { tally } from './tally.ts';

/**
 * `npm run corpus -- FOLDER`: reads every certificate, CRL and bundle in a folder, compares with `openssl`, and prints a table of
 * the differences by kind. Exit code 1 when Cardea reads what OpenSSL does not.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined || !has('openssl', 'version')) {
  process.stderr.write(`${folder === undefined ? 'Usage: npm run corpus -- FOLDER' : 'openssl is not installed.'}\n`);
  process.exitCode = 2;
} else {
  const { rows, items, laxer } = tally(resolve(folder));
  process.stdout.write(`${table([['kind', 'relation', 'count', 'Cardea', 'OpenSSL', 'for example'], ...rows])}\n`);
  process.stdout.write(`${items} certificates, CRLs and bundles; ${laxer} that Cardea reads and OpenSSL does not.\n`);
  process.exitCode = laxer > 0 ? 1 : 0;
}
