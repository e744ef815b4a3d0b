import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { extensionName } from '#core/directory/extension-property.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import {
  addExtensionProperty,
  checkExtensionValues,
  extensionPropertiesOf,
  removeExtensionProperty,
} from './extension-properties.ts';

const actor = 'an administrator';
const [appId, anotherApp] = [crypto.randomUUID(), crypto.randomUUID()];
const badge = { shortName: 'badge', dataType: 'String', isMultiValued: false, targetObjects: ['User'] } as const;

describe('attributes of users that an application defines', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const add = (shortName: string) =>
    addExtensionProperty(appId, { ...badge, shortName }, { actor, ports: woodgrove.ports });

  test('an application has an attribute of a name once, in any case', async () => {
    assert.equal(outcomeOf(await add('badge')), 'passed');
    assert.equal(outcomeOf(await add('Badge')), 'graphPropertyInvalid');
    const names = (await extensionPropertiesOf(appId, woodgrove.ports)).map(({ document }) => document.name);
    assert.deepEqual(names, [extensionName(appId, 'badge')]);
  });

  test('it has a hundred at most', async () => {
    for (let count = 0; count < 100; count++) orThrow(await add(`a${count}`));
    assert.equal(outcomeOf(await add('more')), 'graphLimitReached');
  });

  test('an application removes its own alone', async () => {
    const { id } = orThrow(await add('badge'));
    const remove = (application: string) =>
      removeExtensionProperty(application, id, { actor, ports: woodgrove.ports }).then(outcomeOf);
    assert.equal(await remove(anotherApp), 'graphObjectMissing');
    assert.equal(await remove(appId), 'passed');
    assert.equal(await remove(appId), 'graphObjectMissing');
  });

  for (const { name, values, code } of [
    { name: 'nothing', values: {}, code: 'passed' },
    { name: 'a value of its type', values: { [extensionName(appId, 'badge')]: 'night shift' }, code: 'passed' },
    { name: 'null, which clears', values: { [extensionName(appId, 'badge')]: null }, code: 'passed' },
    { name: 'a value of another type', values: { [extensionName(appId, 'badge')]: 12 }, code: 'graphPropertyInvalid' },
    {
      name: 'an attribute that is not defined',
      values: { [extensionName(appId, 'x')]: 'y' },
      code: 'graphPropertyInvalid',
    },
    { name: 'a control character', values: { [extensionName(appId, 'badge')]: 'a\u0007' }, code: 'textHoldsControls' },
  ])
    test(`a user with ${name}: ${code}`, async () => {
      await add('badge');
      assert.equal(outcomeOf(await checkExtensionValues(values, woodgrove.ports)), code);
    });
});
