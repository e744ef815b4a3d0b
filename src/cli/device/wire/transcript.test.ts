import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionKeyJws } from '#core/device/client/write-jws.ts';
import { secretParts } from './explanations.ts';
import { openTranscript } from './transcript.ts';

function written(work: (transcript: ReturnType<typeof openTranscript>) => unknown): string {
  const texts: string[] = [];
  work(openTranscript((text) => texts.push(text)));
  return texts.join('');
}

const secret = 'S3CRET-VALUE';

for (const name of secretParts) {
  test(`the value of ${name} is not shown, at the top or within a JWS`, () => {
    const use = { sessionKey: Buffer.alloc(32), context: Buffer.alloc(24), version: 2 } as const;
    const jws = sessionKeyJws({ win_ver: '10.0', [name]: secret }, use);
    const text = written((transcript) => {
      transcript.request('POST', new URL(`https://login.example/token?${name}=${secret}`), { [name]: secret });
      transcript.request('POST', new URL('https://login.example/token'), { request: jws, nested: { [name]: secret } });
      transcript.answer(200, { [name]: secret });
    });
    assert.doesNotMatch(text, new RegExp(secret));
    assert.ok(!text.includes(jws.split('.')[1]!), 'the payload is not shown as it was sent');
    assert.ok(!text.includes(jws.split('.')[2]!), 'the signature is not shown');
  });
}

test('a request is shown with its parts explained, a JWS taken apart', () => {
  const use = { sessionKey: Buffer.alloc(32), context: Buffer.alloc(24), version: 2 } as const;
  const request = sessionKeyJws({ request_nonce: 'N1', scope: 'openid aza' }, use);
  const text = written((transcript) => {
    transcript.step('A step');
    transcript.request('POST', new URL('https://login.example/t/oauth2/token'), {
      grant_type: 'srv_challenge',
      request,
    });
    transcript.answer(200, { Nonce: 'N2' });
  });
  assert.match(text, /^# A step$/m);
  assert.match(text, /^> POST https:\/\/login\.example\/t\/oauth2\/token$/m);
  assert.match(text, /^ {4}grant_type = srv_challenge +\(which grant is asked for\)$/m);
  assert.match(text, /^ {4}request = JWS, its signature is not shown +\(the signed request\)$/m);
  assert.match(text, /^ {8}alg = HS256 +\(how it is signed\)$/m);
  assert.match(text, /^ {8}kdf_ver = 2 /m);
  assert.match(text, /^ {8}request_nonce = N1 /m);
  assert.match(text, /^< 200\n {4}Nonce = N2 /m);
});

test('certificates are named by their thumbprints', () => {
  const text = written((transcript) => transcript.answer(200, { x5c: ['MAA=', 'MAAB'] }));
  assert.match(text, /x5c = certificate [\dA-F]{40}, certificate [\dA-F]{40}/);
});

test('an id token without a signature says so', () => {
  const parts = [{ typ: 'JWT', alg: 'none' }, { upn: 'ana@woodgrove.example' }];
  const jwt = `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  const text = written((transcript) => transcript.answer(200, { id_token: jwt }));
  assert.match(text, /id_token = JWS, without a signature/);
  assert.match(text, /upn = ana@woodgrove\.example/);
});

test('a value with line feeds and escapes stays on its line', () => {
  const value = 'a\n> POST https://login.example/forged\u001b[2J';
  const text = written((transcript) => transcript.answer(200, { Nonce: value, 'x\ny': 'b' }));
  assert.doesNotMatch(text, /^> POST/m);
  assert.match(text, /Nonce = a\\n> POST/);
  assert.equal(text.split('\n').length, 4);
});
