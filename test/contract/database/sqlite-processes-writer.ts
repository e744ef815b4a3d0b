import '#server/reasons/join.ts';
import { openDatabase } from '#storage/database/open.ts';
import { recordRow } from './record-row.ts';

/** A process that writes beside others. `sqlite-processes-writer.ts FOLDER NAME ROWS`; without rows it stays in a transaction. */
const [folder = '', name = '', rows = '0'] = process.argv.slice(2);
const database = await openDatabase({ kind: 'sqlite', folder, sharing: 'worker' });
const write = (db: Pick<typeof database, 'insertInto'>, id: string) =>
  db
    .insertInto('oidc_records')
    .values(recordRow(`${name} ${id}`, 'x'.repeat(500)))
    .execute();

if (rows === '0')
  await database.transaction().execute(async (step) => {
    await write(step, 'half');
    process.send!('holds');
    await new Promise(() => setInterval(() => undefined, 1000));
  });
for (let count = 0; count < Number(rows); count += 4) {
  await Promise.all([write(database, `${count}`), write(database, `${count + 1}`)]);
  await database.transaction().execute(async (step) => {
    await write(step, `${count + 2}`);
    await new Promise(setImmediate);
    await write(step, `${count + 3}`);
  });
}
await database.destroy();
process.disconnect();
