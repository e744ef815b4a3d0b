import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openBundles } from '#crls/fetch/bundles.ts';
import { outboundProxy } from '#net/outbound/proxy.ts';
import { readConfig } from '../config.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-hosts-'));
after(() => rmSync(folder, { recursive: true }));
const read = (settings: object) => {
  writeFileSync(join(folder, 'cardea.json'), JSON.stringify(settings));
  return readConfig({ dataFolder: folder }, {}, '/');
};

/** Settings that hold a host, and how a host stands in them. */
const settings: Readonly<Record<string, (host: string) => object>> = {
  loginOrigin: (host) => ({ loginOrigin: `https://${host}` }),
  certauthOrigin: (host) => ({ certauthOrigin: `https://${host}` }),
  deviceRegistrationOrigin: (host) => ({ deviceRegistrationOrigin: `https://${host}` }),
  graphHosts: (host) => ({ graphHosts: `graph.example ${host}` }),
  uploadHosts: (host) => ({ uploadHosts: ['pki.example', host] }),
  eventSyslogServer: (host) => ({ eventSyslogServer: host }),
  eventWebhookUrl: (host) => ({ eventWebhookUrl: `https://${host}/events` }),
  outboundProxy: (host) => ({ outboundProxy: `http://user:pass@${host}` }),
  listen: (listen) => ({ listen }),
  managementListen: (managementListen) => ({ managementListen }),
  outboundProxyExceptions: (host) => ({ outboundProxyExceptions: [`.${host}`] }),
};
const wrongHosts = ['-m', 'm-.example', 'a..example', 'example.', `${'a'.repeat(64)}.example`, 'a!b.example'];
/** Settings of hosts that browsers open. */
const origins = ['loginOrigin', 'certauthOrigin', 'deviceRegistrationOrigin'];

for (const [name, withHost] of Object.entries(settings))
  describe(`the host of ${name}`, () => {
    test('a host name is accepted', () => assert.doesNotThrow(() => read(withHost('login.xn--4ca.example'))));
    for (const host of wrongHosts)
      test(`${host.slice(0, 20)} is refused`, () =>
        assert.throws(() => read(withHost(host)), new RegExp(`the setting ${name}.* is not valid: .*must be`)));
    const isOrigin = origins.includes(name);
    test(`a name with an underscore is ${isOrigin ? 'refused' : 'accepted'}`, () => {
      const reading = () => read(withHost('siem_1.example'));
      if (isOrigin) assert.throws(reading, /its host must be/);
      else assert.doesNotThrow(reading);
    });
  });

describe('port 0 is refused', () => {
  for (const name of ['loginOrigin', 'graphHosts', 'eventSyslogServer', 'eventWebhookUrl', 'outboundProxy'])
    test(name, () => assert.throws(() => read(settings[name]!('login.example:0')), /a port must be from 1 to 65535/));
});

test('an origin is stored in the form of browsers', () => {
  assert.equal(read({ loginOrigin: 'https://Login.Example:443/' }).loginOrigin, 'https://login.example');
});

describe('an address to listen on', () => {
  const addresses = ['127.0.0.1', '0.0.0.0', '::', '::1', 'fe80::1%eth0', 'localhost'];
  // Node would listen on every network where the address is empty.
  const wrongAddresses = ['', ' ', '[::1]', '127.0.0.1:8443', 'https://localhost', '10.0.0.0/8', '999.1.1.1'];
  for (const name of ['listen', 'managementListen'] as const) {
    for (const address of addresses)
      test(`${name} ${address} is accepted`, () => assert.equal(read({ [name]: address })[name], address));
    for (const address of wrongAddresses)
      test(`${name} "${address}" is refused`, () =>
        assert.throws(
          () => read({ [name]: address }),
          new RegExp(`the setting ${name}.* is not valid: it must (not )?be`),
        ));
  }
});

for (const name of ['trustedProxies', 'proxyProtocolFrom'] as const) {
  test(`${name} has addresses and networks`, () =>
    assert.deepEqual(read({ [name]: '10.0.0.0/8, [::1]' })[name], ['10.0.0.0/8', '::1']));
  for (const entry of ['proxy.example', '10.0.0.0/33'])
    test(`${entry} is no entry of ${name}`, () =>
      assert.throws(() => read({ [name]: entry }), /each entry must be an IP address or a network/));
}

describe('an IPv6 address', () => {
  const forms = ['fd00::5', '[fd00::5]', 'FD00:0::0005'];
  for (const form of forms) {
    test(`${form} is an exception of the outbound proxy`, () => {
      const config = read({ outboundProxy: 'http://proxy.example:3128', outboundProxyExceptions: [form] });
      const { isExcepted } = outboundProxy(config.outboundProxy!, config.outboundProxyExceptions);
      assert.deepEqual(['[fd00::5]', 'fd00::5', '[fd00::6]'].map(isExcepted), [true, true, false]);
    });
    test(`${form} is a host for uploads`, async () => {
      const { uploadHosts: hosts } = read({ uploadHosts: form });
      const bundles = openBundles({ hosts, privateAddresses: 'allow' });
      await bundles.check('https://[fd00::5]/ca.pem');
      await assert.rejects(bundles.check('https://[fd00::6]/ca.pem'), /is not in the setting uploadHosts/);
    });
  }
  test('has brackets only where a port can follow', () => {
    assert.deepEqual(read({ graphHosts: ['[fd00::5]:8443', '[fd00::5]'] }).graphHosts, ['[fd00::5]:8443', '[fd00::5]']);
    assert.throws(() => read({ graphHosts: ['fd00::5'] }), /each entry must be a host name/);
  });
});
