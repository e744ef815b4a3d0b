import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInRequest } from '#test/signin/open-sign-ins.ts';
import { entryWithoutPage } from './entry-without-page.ts';

const at = new Date('2027-03-01T12:00:00Z');

test('an entry of a request without a page is not interactive, has no proof, and says what was requested from where', () => {
  const request = signInRequest();
  const { id, ...entry } = entryWithoutPage(request, at);
  assert.match(id, /^[\da-f-]{36}$/);
  assert.deepEqual(entry, {
    ...{
      correlationId: request.correlationId,
      createdDateTime: at,
      appId: 'a',
      appDisplayName: 'App',
      resourceId: 'r',
    },
    ...{ ipAddress: '192.0.2.7', userAgent: 'test', isInteractive: false, proofs: [] },
  });
});

test('each entry has an id of its own, and the name of a client is cut after 512 characters', () => {
  const request = signInRequest({ userAgent: 'x'.repeat(513) });
  assert.notEqual(entryWithoutPage(request, at).id, entryWithoutPage(request, at).id);
  assert.equal(entryWithoutPage(request, at).userAgent.length, 512);
});
