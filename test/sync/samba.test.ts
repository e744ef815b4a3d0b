import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from 'ldapts';
import { SambaDc, sambaMissing, sambaPassword } from './samba.ts';

describe('a Samba domain controller of the tests', { skip: sambaMissing() }, () => {
  let dc: SambaDc;
  before(async () => {
    dc = await SambaDc.start();
  });
  after(() => dc?.remove());

  test('answers LDAPS with a certificate of its own, and has the users that were added', async () => {
    const dn = await dc.addUser('ana', { mail: 'ana@woodgrove.example', altSecurityIdentities: ['X509:<SKI>0102'] });
    const { searchEntries } = await dc.change((client) =>
      client.search(dn, { scope: 'base', attributes: ['altSecurityIdentities', 'uSNChanged'] }),
    );
    assert.equal(searchEntries[0]?.altSecurityIdentities, 'X509:<SKI>0102');
    assert.ok(Number(searchEntries[0]?.uSNChanged) > 0);
    const person = new Client({ url: dc.url, tlsOptions: { ca: dc.ca } });
    await person.bind('ana@woodgrove.test', sambaPassword);
    await person.unbind();
  });

  test('keeps its data when it is killed and starts again', async () => {
    await dc.stop('SIGKILL');
    await assert.rejects(dc.client());
    await dc.run();
    const { searchEntries } = await dc.change((client) =>
      client.search(dc.baseDn, { filter: '(sAMAccountName=ana)', attributes: ['mail'] }),
    );
    assert.equal(searchEntries[0]?.mail, 'ana@woodgrove.example');
  });
});
