// Loaded into a server before it starts: appends each statement it sends to its database to a file, one JSON text a line.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const file = process.env.CARDEA_TEST_STATEMENTS;
if (file !== undefined)
  subscribe('cardea.database.statement', (message) => appendFileSync(file, `${JSON.stringify(message.sql)}\n`));

// The same for each text that Kysely builds.
const built = process.env.CARDEA_TEST_BUILT;
if (built !== undefined) {
  const { DefaultQueryCompiler } = await import('kysely');
  const { compileQuery } = DefaultQueryCompiler.prototype;
  DefaultQueryCompiler.prototype.compileQuery = function (...node) {
    const query = compileQuery.apply(this, node);
    appendFileSync(built, `${JSON.stringify(query.sql)}\n`);
    return query;
  };
}
