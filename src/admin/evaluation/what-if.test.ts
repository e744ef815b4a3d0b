import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { changeAccess } from '../policies/change-access.ts';
import { type WhatIfQuestion, whatIf } from './what-if.ts';

const ana = userOf('ana@woodgrove.test');
const { location, policy } = accessDocuments;
const policyOf = (
  id: string,
  change: Partial<ConditionalAccessPolicy>,
  more: object = {},
): ConditionalAccessPolicy => ({
  ...policy,
  id,
  ...change,
  conditions: { ...policy.conditions, ...more },
});

describe('which policies would apply to a sign-in, and why the others would not', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports } = woodgrove;
    await ports.users.add(ana, 'test');
    const policies = [
      policyOf('everybody', {}),
      policyOf('disabled', { state: 'disabled' }),
      policyOf('report', { state: 'enabledForReportingButNotEnforced' }),
      policyOf('office', {}, { locations: { includeLocations: [location.id] } }),
      policyOf('linux', {}, { platforms: { includePlatforms: ['linux'] } }),
    ];
    orThrow(await changeAccess({ actor: 'test', ports }, () => ({ namedLocations: [location], policies })));
  });
  afterEach(() => woodgrove.end());
  const reasons = async (question: Partial<WhatIfQuestion>) => {
    const { ports, clock } = woodgrove;
    const input = { user: ana, applicationId: 'a', ...question };
    const results = await whatIf(input, await ports.policies.current(), { ports, at: clock.at });
    return Object.fromEntries(results.map((result) => [result.policy.id, result.reason]));
  };

  const always = { everybody: 'notSet', disabled: 'policyNotEnabled', report: 'notSet' };
  for (const { name, question, expected } of [
    {
      name: 'from nowhere in particular',
      question: {},
      expected: { office: 'notEnoughInformation', linux: 'notSet' },
    },
    {
      name: 'from the office on Windows',
      question: { ipAddress: '192.0.2.9', platform: 'windows' },
      expected: { office: 'notSet', linux: 'devicePlatform' },
    },
    {
      name: 'from elsewhere on Linux',
      question: { ipAddress: '198.51.100.1', platform: 'linux' },
      expected: { office: 'location', linux: 'notSet' },
    },
  ])
    test(name, async () => assert.deepEqual(await reasons(question), { ...always, ...expected }));
});
