import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, mock, test } from 'node:test';
import { Provider } from 'oidc-provider';
import { checkedVersion, reaches, replaceGetter, replaceMethod } from './internals.ts';

/** A model of the provider: what is stored of it is a list of names. */
interface Model {
  readonly prototype: object;
  readonly IN_PAYLOAD: readonly string[];
}

const oidc = join(import.meta.dirname, '..');

describe('what is used of the inside of oidc-provider', () => {
  let provider: Provider;
  before(() => {
    const warn = mock.method(console, 'warn', () => undefined); // of settings for production
    provider = new Provider('https://login.example.test', {});
    warn.mock.restore();
  });

  test('was read in the version that is installed', () => {
    const { version } = createRequire(import.meta.url)('oidc-provider/package.json') as { version: string };
    assert.equal(
      checkedVersion,
      version,
      `read these again in oidc-provider ${version}, then change checkedVersion: ${Object.keys(reaches).join(', ')}`,
    );
  });

  for (const reach of Object.keys(reaches))
    test(`${reach} is there`, () => {
      const [model, member] = reach.split('.') as [string, string];
      if (model === 'Provider') return assert.ok(member in Provider || member in Provider.prototype);
      const { prototype, IN_PAYLOAD } = (provider as unknown as Record<string, Model>)[model]!;
      assert.ok(member in prototype || IN_PAYLOAD.includes(member));
    });

  test('a method that the library no longer has is named', () => {
    const without = { Client: class {} } as unknown as Provider;
    const sentence = { message: 'oidc-provider has no method Client.includeSid' };
    assert.throws(() => replaceMethod(without, ['Client', 'includeSid'], () => () => true), sentence);
  });

  test('a getter that the library no longer has is named', () => {
    const without = { RefreshToken: class {} } as unknown as Provider;
    const sentence = { message: 'oidc-provider has no member RefreshToken.scopes' };
    assert.throws(() => replaceGetter(without, ['RefreshToken', 'scopes'], () => new Set()), sentence);
  });

  test('is in one file: no other one touches a prototype, the current request or a model behind its types', () => {
    const files = globSync('**/*.ts', { cwd: oidc }).filter((file) => !/internals\.(test\.)?ts$/.test(file));
    const reached = files.filter((file) =>
      /\.prototype\b|Provider as unknown|provider as unknown as \{|session as unknown|Client\.find\([^)]*\)\) as/.test(
        readFileSync(join(oidc, file), 'utf8'),
      ),
    );
    assert.deepEqual(reached, []);
    assert.ok(files.length > 50);
  });
});
