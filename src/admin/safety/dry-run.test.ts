import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ClientAppType } from '#core/access/policy.ts';
import { actor, addPolicy, clock, openScenes, policyOf } from '#test/contract/guard/lock-out-scene.ts';
import { outcomeAgain } from './dry-run.ts';

describe('a dry run evaluates a sign-in as the client that made it', () => {
  const scenes = openScenes();
  before(() => scenes.start());
  after(() => scenes.end());

  for (const [client, kind] of [
    ['browser', 'granted'],
    ['mobileAppsAndDesktopClients', 'refused'],
  ] as const satisfies readonly (readonly [ClientAppType, string])[])
    test(`a policy that blocks desktop clients: a sign-in from ${client} is ${kind}`, () =>
      scenes.onDemo(async ({ ports, ana, pki }) => {
        const { conditions } = policyOf(ana);
        const blocked = { conditions: { ...conditions, clientAppTypes: ['mobileAppsAndDesktopClients' as const] } };
        await addPolicy(blocked)(ports, { ports, ana, pki });
        const [last] = await ports.signInLog.tried({ since: new Date(0), top: 1, userIds: [ana.id] });
        const entry = { ...last!, record: { ...last!.record, clientAppType: client } };
        assert.equal((await outcomeAgain(entry, ana, { ports, at: clock.at })).kind, kind, actor);
      }));
});
