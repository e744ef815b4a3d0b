import '#server/reasons/join.ts';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Attribute, Change } from 'ldapts';
import { SambaDc, sambaMissing } from '../test/sync/samba.ts';
import { SyncScene } from '../test/sync/sync-scene.ts';

/**
 * How long a synchronization of many users takes, and how much memory: the first run, an idle one, one after some changes, and a
 * full one. A real Samba domain controller holds the users, loaded in bulk.
 *
 *   node bin/node24.mjs bench/sync.ts [--users 2000] [--changed 100]
 *
 * Samba needs one to two milliseconds to add a user in bulk: 100,000 users are a matter of minutes. Of a run, the processor time is
 * shown beside the time that passed.
 */
const { values } = parseArgs({
  options: { users: { type: 'string', default: '2000' }, changed: { type: 'string', default: '100' } },
});
const [users, changed] = [Number(values.users), Number(values.changed)];
const missing = sambaMissing();
if (missing) throw new Error(missing);

/** Adds users to the database of a controller that does not run; the modules of Active Directory are in the way anyway. */
const load = `
import sys
from samba.samdb import SamDB
from samba.auth import system_session
from samba.param import LoadParm
folder, base, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
lp = LoadParm(); lp.load(folder + "/etc/smb.conf")
# The index of all users grows by one with each of them; batch mode writes it once a transaction.
db = SamDB(url=folder + "/private/sam.ldb", session_info=system_session(), lp=lp, options=["batch_mode:1"])
db.add({"dn": "OU=People," + base, "objectClass": "organizationalUnit"})
for start in range(0, count, 5000):
    db.transaction_start()
    for i in range(start, min(count, start + 5000)):
        n = "user%06d" % i
        db.add({"dn": "CN=%s,OU=People,%s" % (n, base), "objectClass": "user", "sAMAccountName": n,
                "userPrincipalName": n + "@woodgrove.example", "mail": n + "@woodgrove.example",
                "displayName": "User %d" % i, "givenName": "User", "sn": str(i), "department": "Ports",
                "altSecurityIdentities": "X509:<SKI>%040x" % i, "userAccountControl": "512"})
    db.transaction_commit()
`;

const dc = await SambaDc.start();
const scene = await SyncScene.open(dc);
const people = `OU=People,${dc.baseDn}`;
const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);
const say = (text: string) => process.stdout.write(`${text}\n`);
let most = 0;
const watching = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss);
}, 200);
try {
  await dc.stop();
  const began = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/python3', ['-c', load, dc.folder, dc.baseDn, `${users}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  await dc.run();
  say(`${users} users were loaded in ${seconds(began)} s`);
  await scene.configure({ containers: [people], kinds: ['user'] });
  await measure('first run');
  await measure('idle run');
  await dc.change(async (client) => {
    for (let index = 0; index < changed; index++) {
      const modification = new Attribute({ type: 'department', values: ['Docks'] });
      const dn = `CN=user${`${index}`.padStart(6, '0')},${people}`;
      await client.modify(dn, new Change({ operation: 'replace', modification }));
    }
  });
  await measure(`${changed} changed`);
  await measure('full run', true);
} finally {
  clearInterval(watching);
  await scene.close();
  await dc.remove();
}

async function measure(name: string, isFull = false): Promise<void> {
  most = process.memoryUsage().rss;
  const [began, used] = [performance.now(), process.cpuUsage()];
  const { run } = await scene.run({ isFull });
  const { user, system } = process.cpuUsage(used);
  const { read, added, updated, unchanged, ldapRequests } = run.counts;
  say(
    `${name}: ${seconds(began)} s (processor ${((user + system) / 1e6).toFixed(1)} s), ${Math.round(most / 2 ** 20)} MiB, ${ldapRequests} LDAP requests, ` +
      `${read} read, ${added} added, ${updated} updated, ${unchanged} unchanged${run.because ? `: ${run.because.code}` : ''}`,
  );
}
