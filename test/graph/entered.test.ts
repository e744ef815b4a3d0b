import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { askServer } from '#cli/remote/remote.ts';
import { Authority } from '#pki/build/authority.ts';
import {
  addressesOfLines,
  lines,
  longAddresses,
  longNames,
  neverDialled,
  plainLinks,
  privateAddresses,
  scripts,
  unseenAddresses,
  unseenTexts,
  userNames,
  type ValueGroup,
} from '../admin/deceiving-values.ts';
import { GraphServer } from './graph-server.ts';

/**
 * Every name, text and link that an administrator enters, by every way it comes in. Each way tries a value of each group, the next
 * one of the group than the way before: `src/admin/entered.test.ts` tries every value with the rule itself.
 */
const names = [unseenTexts, lines, longNames];
/** A name that is too long is cut by an import, or its object is left out. */
const importedNames = [unseenTexts, lines];
const texts = [unseenTexts];
const addresses = [unseenAddresses, addressesOfLines, scripts, userNames, longAddresses];
const never = [privateAddresses, neverDialled];
const dialled = [...addresses, ...never];
const links = [...addresses, plainLinks];
const place = 'https://app.example.test/';
/** Under these settings no private address is dialled. */
const refusesPrivateAddresses = {
  CARDEA_CRL_PRIVATE_ADDRESSES: 'refuse',
  CARDEA_LOGOUT_PRIVATE_ADDRESSES: 'refuse',
  CARDEA_FEDERATION_PRIVATE_ADDRESSES: 'refuse',
};

interface Way {
  readonly name: string;
  /** What is taken, so that a refusal is not one of the shape. */
  readonly good: string;
  readonly bad: readonly ValueGroup[];
  /** Whether the value was taken. */
  enter(value: string): Promise<boolean>;
}

describe('what administrators enter', () => {
  let graph: GraphServer;
  let token: string;
  let issuingCa: string;
  let payroll: string;
  let domain = 0;
  before(async () => {
    graph = await GraphServer.start(refusesPrivateAddresses);
    const { out } = await graph.server.cardea('ca', 'list', '--json');
    const authorities = JSON.parse(out) as { id: string; authorityType: string }[];
    issuingCa = authorities.find(({ authorityType }) => authorityType === 'intermediate')!.id;
    const objects = ['Application', 'Group', 'User', 'Domain', 'Organization', 'PublicKeyInfrastructure'];
    const permissions = objects.map((name) => `${name}.ReadWrite.All`);
    const policies = ['Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All'];
    token = await graph.appToken(...permissions, ...policies, 'Policy.ReadWrite.AuthenticationMethod');
    payroll = (await graph.call(token, 'POST', '/applications', { displayName: 'Payroll' })).body.appId as string;
  });
  after(() => graph.end());

  const isDone = async (method: string, path: string, body: unknown) => {
    const { status, body: answer } = await graph.call(token, method, path, body);
    assert.ok(status === 400 || status < 300, `${status} ${JSON.stringify(answer)}`);
    return status < 300;
  };
  /** The command as the process that holds the data folder runs it, without a process for each. */
  const cli = async (...words: readonly string[]) => {
    const complaints: string[] = [];
    const output = { cwd: '/', say: () => undefined, complain: (text: string) => complaints.push(text) };
    const code = await askServer(graph.server.folder, words, output);
    assert.doesNotMatch(complaints.join(''), /internal error|this is used as|Unknown option/);
    return code === 0;
  };
  const application = (more: object) => isDone('POST', '/applications', { displayName: 'Payroll', ...more });
  const provider = (more: object) => ({
    issuerUri: 'urn:provider',
    passiveSignInUri: place,
    preferredAuthenticationProtocol: 'wsFed',
    displayName: 'Provider',
    ...more,
  });
  const federate = async (more: object) => {
    const id = `fed${domain++}.example`;
    assert.equal((await graph.call(token, 'POST', '/domains', { id })).status, 201);
    await graph.call(token, 'POST', `/domains/${id}/verify?force=true`);
    return isDone('POST', `/domains/${id}/federationConfiguration`, provider(more));
  };
  const person = (more: object) => ({
    accountEnabled: true,
    displayName: 'Ida',
    mailNickname: 'ida',
    userPrincipalName: `ida${domain++}@woodgrove.test`,
    passwordProfile: { password: 'Correct-Horse-7' },
    ...more,
  });
  const group = (more: object) => ({
    displayName: 'Group',
    mailEnabled: false,
    mailNickname: 'group',
    securityEnabled: true,
    ...more,
  });
  const policy = (displayName: string) => ({
    displayName,
    state: 'disabled',
    conditions: {
      clientAppTypes: ['all'],
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  const document = (content: object) => {
    const file = join(graph.server.folder, `document${domain++}.json`);
    writeFileSync(file, JSON.stringify(content));
    return cli('policy', 'apply', file, '--dry-run');
  };
  const authority = (...words: readonly string[]) => {
    const now = new Date();
    const validity = { notBefore: new Date(now.getTime() - 1e8), notAfter: new Date(now.getTime() + 1e8) };
    const file = join(graph.server.folder, `ca${domain++}.pem`);
    writeFileSync(file, Authority.root(`CN=Root ${domain}`, validity).pem);
    return cli('ca', 'add', file, ...words);
  };
  const rootOf = (more: object) => {
    const now = new Date();
    const validity = { notBefore: new Date(now.getTime() - 1e8), notAfter: new Date(now.getTime() + 1e8) };
    const certificate = Authority.root(`CN=Root ${domain++}`, validity).der;
    return { certificate: Buffer.from(certificate).toString('base64'), isRootAuthority: true, ...more };
  };
  const classic = (more: object) =>
    isDone('POST', `/organization/${graph.tenantId}/certificateBasedAuthConfiguration?force=true`, {
      certificateAuthorities: [rootOf(more)],
    });
  const imported = (content: object) => {
    const file = join(graph.server.folder, `export${domain++}.json`);
    writeFileSync(file, JSON.stringify(content));
    return cli('import', 'entra', file, '--tenant', 'woodgrove.test', '--dry-run');
  };
  const strengthOf = (displayName: string) => ({
    id: '22222222-3333-4444-8555-666666666666',
    displayName,
    policyType: 'custom',
    allowedCombinations: ['fido2'],
  });
  /** An authority of a tenant file. */
  const documented = (more: object) => {
    const { certificate } = rootOf({});
    const authorityItem = { store: 'pki', container: 'From a file', certificateAuthorityType: 'root', certificate };
    return document({ certificateAuthorities: [{ ...authorityItem, ...more }] });
  };
  /** Changes what a domain has been federated with. */
  const refederate = async (more: object) => {
    const id = `fed${domain++}.example`;
    assert.equal((await graph.call(token, 'POST', '/domains', { id })).status, 201);
    await graph.call(token, 'POST', `/domains/${id}/verify?force=true`);
    const path = `/domains/${id}/federationConfiguration`;
    const { body, status } = await graph.call(token, 'POST', path, provider({}));
    assert.equal(status, 201, JSON.stringify(body));
    return isDone('PATCH', `${path}/${body.id}`, more);
  };
  const federateByCommand = async (issuer: string, signIn: string) => {
    const name = `fed${domain++}.example`;
    assert.ok(await cli('domain', 'add', name));
    await cli('domain', 'verify', name, '--force');
    return cli('domain', 'federate', name, '--issuer', issuer, '--sign-in-uri', signIn);
  };
  const aGroup = '11111111-2222-4333-8444-555555555555';

  const ways: readonly Way[] = [
    ...(
      [
        ['an application', (value) => application({ displayName: value })],
        ['a user', (value) => isDone('POST', '/users', person({ displayName: value }))],
        ['a user’s job', (value) => isDone('PATCH', '/users/ana@woodgrove.test', { jobTitle: value })],
        ['a group', (value) => isDone('POST', '/groups', group({ displayName: value }))],
        ['a policy', (value) => isDone('POST', '/identity/conditionalAccess/policies', policy(value))],
        ['an identity provider', (value) => federate({ displayName: value })],
      ] satisfies [string, Way['enter']][]
    ).map(([name, enter]) => ({ name: `the name of ${name}, by Graph`, good: 'Zoë 王', bad: names, enter })),
    ...(
      [
        ['an application', (value) => cli('app', 'add', value)],
        ['a user', (value) => cli('user', 'add', `idb${domain++}@woodgrove.test`, '--name', value)],
        ['the brand', (value) => cli('tenant', 'brand', '--name', value)],
        ['a group', (value) => cli('group', 'create', value, '--mail-nickname', 'group')],
        ['a client secret', (value) => cli('app', 'secret', 'add', payroll, '--name', value)],
        ['a group in a tenant file', (value) => document({ groups: [{ id: aGroup, displayName: value }] })],
      ] satisfies [string, Way['enter']][]
    ).map(([name, enter]) => ({ name: `the name of ${name}, by the command line`, good: 'Zoë 王', bad: names, enter })),
    {
      name: 'the description of a group, by Graph',
      good: 'one\ntwo',
      bad: texts,
      enter: (value) => isDone('POST', '/groups', group({ description: value })),
    },
    {
      name: 'the text of the sign-in pages, by the command line',
      good: 'one\ntwo',
      bad: texts,
      enter: (value) => cli('tenant', 'brand', '--text', value),
    },
    ...(
      [
        ['homePageUrl', links, (value) => application({ web: { homePageUrl: value } })],
        ['logoutUrl', [...links, ...never], (value) => application({ web: { logoutUrl: value } })],
        ['web redirectUris', links, (value) => application({ web: { redirectUris: [value] } })],
        ['spa redirectUris', links, (value) => application({ spa: { redirectUris: [value] } })],
        ['publicClient redirectUris', links, (value) => application({ publicClient: { redirectUris: [value] } })],
        ['identifierUris', links, (value) => application({ identifierUris: [`${value}`] })],
        ['passiveSignInUri', [...links, ...never], (value) => federate({ passiveSignInUri: value })],
        ['issuerUri', addresses, (value) => federate({ issuerUri: value })],
        ['passiveSignInUri in a PATCH', [...links, ...never], (value) => refederate({ passiveSignInUri: value })],
        ['issuerUri in a PATCH', addresses, (value) => refederate({ issuerUri: value })],
      ] satisfies [string, Way['bad'], Way['enter']][]
    ).map(([name, bad, enter]) => ({ name: `${name}, by Graph`, good: `${place}x`, bad, enter })),
    ...(
      [
        ['homepage', links, (value) => cli('app', 'add', 'x', '--homepage', value)],
        ['redirect-uri', links, (value) => cli('app', 'add', 'x', '--redirect-uri', value)],
        [
          'front-channel-logout',
          [...links, ...never],
          (value) => cli('app', 'add', 'x', '--front-channel-logout', value),
        ],
        [
          'back-channel-logout',
          [...links, ...never],
          (value) => cli('app', 'add', 'x', '--back-channel-logout', value),
        ],
        ['identifier-uri', links, (value) => cli('app', 'add', 'x', '--identifier-uri', value)],
        ['crl-url', dialled, (value) => authority('--crl-url', value)],
        ['delta-crl-url', dialled, (value) => authority('--crl-url', place, '--delta-crl-url', value)],
        ['sign-in-uri', [...links, ...never], (value) => federateByCommand('urn:provider', value)],
        ['issuer', addresses, (value) => federateByCommand(value, place)],
      ] satisfies [string, Way['bad'], Way['enter']][]
    ).map(([name, bad, enter]) => ({ name: `--${name}, by the command line`, good: `${place}${name}`, bad, enter })),
    ...['crl-url', 'delta-crl-url', 'further-crl-url', 'ocsp-url'].map((option) => ({
      name: `--${option} of ca set, by the command line`,
      good: `${place}${option}`,
      bad: dialled,
      enter: (value: string) => cli('ca', 'set', issuingCa, '--force', `--${option}`, value),
    })),
    ...(
      [
        ['the CRL of a CA in the classic store', (value) => classic({ certificateRevocationListUrl: value })],
        [
          'the delta CRL of a CA in the classic store',
          (value) => classic({ certificateRevocationListUrl: place, deltaCertificateRevocationListUrl: value }),
        ],
      ] satisfies [string, Way['enter']][]
    ).map(([name, enter]) => ({ name: `${name}, by Graph`, good: `${place}x`, bad: dialled, enter })),
    ...(
      [
        ['the CRL', (value) => documented({ certificateRevocationListUrl: value })],
        [
          'the delta CRL',
          (value) => documented({ certificateRevocationListUrl: place, deltaCertificateRevocationListUrl: value }),
        ],
        ['a further CRL', (value) => documented({ revocation: { furtherCrlUrls: [value] } })],
        ['the OCSP responder', (value) => documented({ revocation: { ocsp: { url: value, order: 'first' } } })],
      ] satisfies [string, Way['enter']][]
    ).map(([name, enter]) => ({ name: `${name} of a CA, by a tenant file`, good: `${place}x`, bad: dialled, enter })),
    {
      name: 'the CRL of a CA, by an import from Entra',
      good: `${place}x`,
      bad: dialled,
      enter: (value) => imported(rootOf({ certificateRevocationListUrl: value })),
    },
    ...(
      [
        ['a group', (value) => imported({ id: aGroup, displayName: value, securityEnabled: true, members: [] })],
        ['a strength', (value) => imported(strengthOf(value))],
      ] satisfies [string, Way['enter']][]
    ).map(([name, enter]) => ({
      name: `the name of ${name}, by an import from Entra`,
      good: 'Zoë 王',
      bad: importedNames,
      enter,
    })),
  ];

  for (const words of [
    ['group', 'create'],
    ['app', 'add'],
    ['user', 'add', 'idc@woodgrove.test', '--name'],
    ['user', 'set', 'ben@woodgrove.test', '--name'],
  ])
    test(`${words.join(' ')} refuses an empty name and a blank one`, async () => {
      assert.deepEqual([await cli(...words, ''), await cli(...words, ' ')], [false, false]);
    });
  test('a name that begins with a dash is an argument after --', async () => {
    assert.equal(await cli('group', 'create', '--mail-nickname', 'night', '--', '-night shift'), true);
    assert.equal(await cli('group', 'delete', '--', '-night shift'), true);
  });
  test('app set refuses an empty name', async () => {
    assert.equal(await cli('app', 'set', payroll, '--name', ''), false);
  });

  for (const [turn, { name, good, bad, enter }] of ways.entries()) {
    const values = bad.map((group) => Object.entries(group)).map((group) => group[turn % group.length]!);
    test(`${name}: ${values.map(([kind]) => kind).join(', ')}`, async () => {
      assert.ok(await enter(good), 'a good value is taken');
      const taken: string[] = [];
      for (const [kind, value] of values) if (await enter(value)) taken.push(kind);
      assert.deepEqual(taken, []);
    });
  }
});
