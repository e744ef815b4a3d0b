import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { changeOrganization, contactsOf, type OrganizationChange } from './organization.ts';

describe('the name and the contacts of a tenant', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const change = (change: OrganizationChange) => {
    const { ports, storage, tenant } = woodgrove;
    return changeOrganization(change, { actor: 'test', ports: { ...ports, tenants: storage.tenants, tenant } });
  };

  const mails = ['it@woodgrove.test'];
  for (const [refused, code] of [
    [{ displayName: ' ' }, 'nameEmpty'],
    [{ displayName: 'a\u0000' }, 'textHoldsControls'],
    [{ countryLetterCode: 'DEU' }, 'graphPropertyInvalid'],
    [{ preferredLanguage: 'german!' }, 'graphPropertyInvalid'],
    [{ technicalNotificationMails: ['nobody'] }, 'graphPropertyInvalid'],
    [{ securityComplianceNotificationMails: Array(21).fill(mails[0]) }, 'graphLimitReached'],
    [{ privacyProfile: { contactEmail: 'a b@c.test' } }, 'graphPropertyInvalid'],
    [{ privacyProfile: { statementUrl: 'javascript:alert(1)' } }, 'linkInvalid'],
  ] as const)
    test(`${JSON.stringify(refused).slice(0, 70)} is refused: ${code}`, async () => {
      assert.equal(outcomeOf(await change({ technicalNotificationMails: mails, ...refused })), code);
      assert.deepEqual(await contactsOf(woodgrove.ports), {});
    });

  test('what a change leaves out stays', async () => {
    assert.equal(
      outcomeOf(await change({ displayName: 'Woodgrove Bank', technicalNotificationMails: mails })),
      'passed',
    );
    assert.equal(outcomeOf(await change({ countryLetterCode: 'CH', preferredLanguage: 'de-CH' })), 'passed');
    assert.deepEqual(await contactsOf(woodgrove.ports), {
      technicalNotificationMails: mails,
      countryLetterCode: 'CH',
      preferredLanguage: 'de-CH',
    });
    assert.equal((await woodgrove.storage.tenants.find('woodgrove.test'))?.displayName, 'Woodgrove Bank');
  });
});
