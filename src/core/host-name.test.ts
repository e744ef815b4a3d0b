import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isHost, isHostName, isServerAddress } from './host-name.ts';

describe('a host name', () => {
  const cases: readonly { readonly name: string; readonly text: string; readonly holds: boolean }[] = [
    { name: 'one label', text: 'localhost', holds: true },
    { name: 'several labels', text: 'login.example.org', holds: true },
    { name: 'capital letters', text: 'Login.Example.ORG', holds: true },
    { name: 'a label that begins with a digit', text: '3com.example', holds: true },
    { name: 'a hyphen within a label', text: 'log-in.example', holds: true },
    { name: 'a name of another script in its ASCII form', text: 'xn--4ca.example', holds: true },
    { name: 'a label of 63 characters', text: `${'a'.repeat(63)}.example`, holds: true },
    { name: '253 characters', text: `${'a.'.repeat(126)}a`, holds: true },
    { name: 'no character', text: '', holds: false },
    { name: 'a label that begins with a hyphen', text: '-m', holds: false },
    { name: 'a label that ends with a hyphen', text: 'm-.example', holds: false },
    { name: 'an empty label', text: 'login..example', holds: false },
    { name: 'a dot at the beginning', text: '.example', holds: false },
    { name: 'a dot at the end', text: 'login.example.', holds: false },
    { name: 'a label of 64 characters', text: `${'a'.repeat(64)}.example`, holds: false },
    { name: '254 characters', text: `${'a.'.repeat(126)}aa`, holds: false },
    { name: 'an underscore', text: 'log_in.example', holds: false },
    { name: 'a wildcard', text: '*.example', holds: false },
    { name: 'a space', text: 'log in.example', holds: false },
    { name: 'a line feed at the end', text: 'login.example\n', holds: false },
    { name: 'a letter of another script', text: 'ä.example', holds: false },
    { name: 'an IPv4 address', text: '192.0.2.1', holds: false },
    { name: 'a last label that is a number', text: 'example.1', holds: false },
    { name: 'a last label that is a hexadecimal number', text: 'example.0x1f', holds: false },
  ];
  for (const { name, text, holds } of cases)
    test(`${name}: ${holds ? 'accepted' : 'refused'}`, () => assert.equal(isHostName(text), holds));
});

describe('a host is a name or an address', () => {
  for (const text of ['login.example', 'dc_1.example', '192.0.2.1', '[2001:db8::1]', '[::ffff:192.0.2.1]'])
    test(`${text} is accepted`, () => assert.ok(isHost(text)));
  for (const text of ['192.0.2.256', '192.0.2', '0x7f.0.0.1', '0300.0.2.1', '2001:db8::1', '[2001:db8::g]', '[]', '-m'])
    test(`${text} is refused`, () => assert.equal(isHost(text), false));
});

describe('an address of a server', () => {
  for (const text of ['login.example', 'login.example:8443', '192.0.2.1:1', '[::1]:65535'])
    test(`${text} is accepted`, () => assert.ok(isServerAddress(text)));
  for (const text of ['login.example:0', 'login.example:65536', 'login.example:', 'a:1:2', '::1', '-m:443', ':443'])
    test(`${text} is refused`, () => assert.equal(isServerAddress(text), false));
});
