import '#server/reasons/join.ts';
import { openAt } from '../databases.ts';
import { changes } from './felt-changes-rows.ts';

/** A process of its own on the database of a folder: makes the changes that its parent names. `felt-changes-node.ts FOLDER TENANT` */
const [folder = '', tenantId = ''] = process.argv.slice(2);
const storage = await openAt({ kind: 'sqlite', folder, sharing: 'worker' });

process.on('message', (name: string) => {
  const change = changes.find((row) => row.name === name)!;
  change.make(storage.forTenant(tenantId), storage, tenantId).then(
    () => process.send!({ made: name }),
    (problem: unknown) => process.send!({ problem: String(problem) }),
  );
});
process.on('disconnect', () => void storage.close());
process.send!({ made: 'start' });
