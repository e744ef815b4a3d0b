import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { CardCertificate } from '#cli/device/keys/card-key.ts';
import { type TokenChoice, tokenCard } from '#cli/device/keys/pkcs11-card.ts';
import { cardAlgorithmHash, cardAlgorithmOf } from '#core/device/client/card-key.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { KeyKind } from '#pki/build/fields/keys.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { CardReader, notRoot } from './cards/card-reader.ts';
import { PivCard, type PivKeys } from './cards/piv-card.ts';
import { makeSoftToken } from './cards/soft-token.ts';
import { fileOf, missing } from './packages.ts';
import type { TokenModule } from './windows/nss.ts';

const pin = '123456';
const authority = testCa('CN=Woodgrove Issuing');
const issue = (name: string, key: KeyKind) => authority.issueUserCertificate({ upn: `${name}@woodgrove.example`, key });

/** The card of a module, whose environment this process and its children have during the test. */
function cardOf(t: TestContext, { library, environment }: TokenModule, choice: Partial<TokenChoice> = {}) {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  t.after(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, before);
  });
  const defaults = { module: library, slot: undefined, label: undefined, readPin: async () => pin };
  return tokenCard({ ...defaults, ...choice });
}

async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof CardeaError, String(thrown));
    return thrown.because.code;
  }
}

const input = Buffer.from('header.payload');

/** The key of the certificate signs, and the certificate verifies it. Answers the algorithm. */
async function signAndVerify(entry: CardCertificate): Promise<string> {
  const { publicKey } = new X509Certificate(entry.certificate.der);
  const ruling = cardAlgorithmOf(publicKey);
  assert.equal(ruling.outcome, 'passed');
  if (ruling.outcome !== 'passed') return '';
  const key = await entry.unlock();
  const signature = await key.sign(ruling.value, input);
  const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  assert.equal(verify(cardAlgorithmHash[ruling.value], input, options, signature), true);
  return ruling.value;
}

describe('keys in a SoftHSM2 token', { skip: missing('softhsm2', 'opensc') }, () => {
  const openToken = (t: TestContext) => {
    const token = makeSoftToken([issue('ana', 'RSA-2048'), issue('ben', 'P-256'), issue('cleo', 'P-384')], pin);
    t.after(() => token.remove());
    return token.module;
  };

  test('RSA, P-256 and P-384 keys are listed and sign', async (t) => {
    const certificates = await cardOf(t, openToken(t), { label: 'card' }).certificates();
    assert.deepEqual(
      certificates.map(({ place, keyUri }) => [place, keyUri]),
      ['01', '02', '03'].map((id) => [`key ${id} of the token "card"`, `pkcs11:token=card;id=%${id}`]),
    );
    const algorithms = [];
    for (const entry of certificates) algorithms.push(await signAndVerify(entry));
    assert.deepEqual(algorithms, ['RS256', 'ES256', 'ES384']);
  });

  test('a wrong PIN, a wrong label, a wrong slot and a module that is not there are each their own fault', async (t) => {
    const module = openToken(t);
    const [ana] = await cardOf(t, module, { readPin: async () => '999999' }).certificates();
    assert.equal(await codeOf(async () => signAndVerify(ana!)), 'tokenPinWrong');
    const list = (choice: Partial<TokenChoice>) => codeOf(() => cardOf(t, module, choice).certificates());
    assert.equal(await list({ label: 'another' }), 'tokenRemoved');
    assert.equal(await list({ slot: '77' }), 'tokenRemoved');
    assert.equal(await list({ module: '/nonexistent.so' }), 'tokenUnreadable');
  });

  test('the PIN is in the environment of pkcs11-tool, and not in its words', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-tool-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const log = join(folder, 'log');
    const script = `#!/bin/sh\necho "words: $*" >> ${log}\nenv >> ${log}\nexec ${fileOf('opensc')} "$@"\n`;
    writeFileSync(join(folder, 'pkcs11-tool'), script, { mode: 0o755 });
    const module = openToken(t);
    const card = cardOf(t, {
      ...module,
      environment: { ...module.environment, PATH: `${folder}:${process.env.PATH}` },
    });
    const [ana] = await card.certificates();
    await signAndVerify(ana!);
    const lines = readFileSync(log, 'utf8').split('\n');
    const runs = lines.filter((line) => line.startsWith('words: '));
    assert.ok(runs.some((line) => line.includes('--sign')));
    assert.deepEqual(
      runs.filter((line) => line.includes(pin)),
      [],
    );
    assert.deepEqual(new Set(lines.filter((line) => line.includes(pin))), new Set([`CARDEA_CARD_PIN=${pin}`]));
  });
});

describe('a PIV card in a reader', {
  skip: missing('pcscd', 'vsmartcard-vpcd', 'opensc', 'opensc-pkcs11', 'openssl') || notRoot(),
}, () => {
  async function insertCard(t: TestContext, keys: PivKeys, choice: Partial<TokenChoice> = {}) {
    const reader = await CardReader.open();
    t.after(() => reader.close());
    const card = new PivCard(keys, pin);
    await reader.insert(card);
    return { reader, card, certificates: await cardOf(t, reader.module, choice).certificates() };
  }

  for (const [kind, algorithm] of [
    ['RSA-2048', 'RS256'],
    ['P-256', 'ES256'],
  ] as const) {
    test(`the ${kind} keys of slots 9A, 9C and 9D sign`, async (t) => {
      const keys = { '9a': issue('ana', kind), '9c': issue('ana', kind), '9d': issue('ana', kind) };
      const { certificates } = await insertCard(t, keys);
      assert.deepEqual(
        certificates.map(({ keyUri }) => keyUri?.slice(-3)),
        ['%01', '%02', '%03'],
      );
      for (const entry of certificates) assert.equal(await signAndVerify(entry), algorithm, entry.place);
    });
  }

  test('wrong PINs are counted, the last try is announced, and a blocked card is asked for no PIN', async (t) => {
    const warnings: (string | undefined)[] = [];
    const readPin = async (warning: string | undefined) => {
      warnings.push(warning);
      return '999999';
    };
    const { card, certificates } = await insertCard(t, { '9a': issue('ana', 'RSA-2048') }, { readPin });
    const codes = [];
    for (let attempt = 0; attempt < 4; attempt++) codes.push(await codeOf(() => signAndVerify(certificates[0]!)));
    assert.deepEqual([...codes.slice(0, 2), codes[3]], ['tokenPinWrong', 'tokenPinWrong', 'tokenPinLocked']);
    assert.match(codes[2]!, /^tokenPin(Wrong|Locked)$/, 'the try that blocks the card');
    assert.equal(card.tries, 0);
    assert.equal(warnings.length, 3, 'no PIN is asked for once the card is blocked');
    assert.equal(warnings[0], undefined);
    assert.match(warnings[2]!, /last try/);
  });

  test('without a card, and with a card that is removed while its PIN is typed, the fault is the missing card', async (t) => {
    let remove: () => Promise<void> = async () => undefined;
    const readPin = async () => {
      await remove();
      return pin;
    };
    const { reader, certificates } = await insertCard(t, { '9a': issue('ana', 'RSA-2048') }, { readPin });
    remove = () => reader.remove();
    assert.equal(await codeOf(() => signAndVerify(certificates[0]!)), 'tokenRemoved');
    assert.equal(await codeOf(() => cardOf(t, reader.module).certificates()), 'tokenRemoved');
  });

  test('a card that is removed while it signs is the same fault', async (t) => {
    const { reader, card, certificates } = await insertCard(t, { '9a': issue('ana', 'RSA-2048') });
    const key = await certificates[0]!.unlock();
    const answer = card.answer.bind(card);
    card.answer = (command) => {
      if (command[1] === 0x87) void reader.remove(); // GENERAL AUTHENTICATE
      return answer(command);
    };
    assert.equal(await codeOf(() => key.sign('RS256', input)), 'tokenRemoved');
  });
});
