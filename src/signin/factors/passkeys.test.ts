import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PasskeyMethod } from '#model/authentication-method.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { emptyFolder, openAt } from '#test/contract/databases.ts';
import { holderOf } from './passkeys.ts';

const handleOf = (text: string): string => Buffer.from(text).toString('base64url');

describe('whose a passkey is, where no name was typed (WebAuthn Level 3 §7.2 step 6)', () => {
  const userId = crypto.randomUUID();
  const passkey: PasskeyMethod = {
    ...{ id: crypto.randomUUID(), userId, displayName: 'Blue key', createdDateTime: new Date('2027-03-01T12:00:00Z') },
    ...{ kind: 'fido2', credentialId: 'Y3JlZA', publicKey: 'a2V5', aaguid: '', transports: [] },
  };
  let storage: Storage;
  let stores: TenantStorage;
  before(async () => {
    storage = await openAt({ kind: 'sqlite', folder: emptyFolder() });
    const tenant = { id: crypto.randomUUID(), displayName: 'Woodgrove', domains: [] };
    await storage.tenants.add(tenant);
    stores = storage.forTenant(tenant.id);
    const names = {
      userPrincipalName: 'ana@woodgrove.test',
      onPremisesUserPrincipalName: undefined,
      displayName: 'Ana',
    };
    const rest = { mail: undefined, accountEnabled: true, certificateUserIds: [], groupIds: [] };
    await stores.users.add({ id: userId, ...names, ...rest, signInSessionsValidFromDateTime: undefined }, 'test');
    await stores.methods.add(passkey, 'test');
  });
  after(() => storage.close());

  const answers: readonly { readonly name: string; readonly answer: unknown; readonly expect: string | undefined }[] = [
    { name: 'its user’s', answer: { id: 'Y3JlZA', response: { userHandle: handleOf(userId) } }, expect: userId },
    { name: 'nothing without a user handle', answer: { id: 'Y3JlZA', response: {} }, expect: undefined },
    {
      name: 'nothing for the handle of another',
      answer: { id: 'Y3JlZA', response: { userHandle: handleOf('x') } },
      expect: undefined,
    },
    {
      name: 'nothing for an unknown passkey',
      answer: { id: 'b3RoZXI', response: { userHandle: handleOf(userId) } },
      expect: undefined,
    },
    { name: 'nothing for what is not an object', answer: 'x', expect: undefined },
    { name: 'nothing for an answer that could not be read', answer: undefined, expect: undefined },
  ];
  for (const { name, answer, expect } of answers)
    test(name, async () => assert.equal(await holderOf(answer, stores), expect));
});
