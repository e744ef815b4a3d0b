// Loaded into a server before it starts: appends each statement it sends to its database to a file, one JSON text a line.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const file = process.env.CARDEA_TEST_STATEMENTS;
if (file !== undefined)
  subscribe('cardea.database.statement', (message) => appendFileSync(file, `${JSON.stringify(message.sql)}\n`));
