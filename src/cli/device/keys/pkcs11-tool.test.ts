import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toolFault } from './pkcs11-tool.ts';
import { certificateIdsIn, slotsIn } from './token-list.ts';

describe('what pkcs11-tool says last becomes a fault', () => {
  const failed = (name: string) => `error: PKCS11 function C_Login failed: rv = ${name} (0x00)\nAborting.\n`;
  const cases: readonly (readonly [string, string])[] = [
    [failed('CKR_PIN_INCORRECT'), 'tokenPinWrong'],
    [failed('CKR_PIN_LEN_RANGE'), 'tokenPinWrong'],
    [failed('CKR_PIN_LOCKED'), 'tokenPinLocked'],
    [failed('CKR_TOKEN_NOT_PRESENT'), 'tokenRemoved'],
    [failed('CKR_DEVICE_REMOVED'), 'tokenRemoved'],
    [failed('CKR_SLOT_ID_INVALID'), 'tokenRemoved'],
    ['No slot with a token was found.\n', 'tokenRemoved'],
    ['No slot with token named "card" found\n', 'tokenRemoved'],
    ['error: Private key not found\nAborting.\n', 'tokenUnreadable'],
    ['sc_dlopen failed: /x.so: cannot open\nerror: Failed to load pkcs11 module\nAborting.\n', 'tokenUnreadable'],
    [failed('CKR_FUNCTION_FAILED'), 'tokenUnreadable'],
    ['', 'tokenUnreadable'],
  ];
  for (const [words, code] of cases) {
    test(`${JSON.stringify(words)} is ${code}`, () => {
      assert.equal(toolFault(words, 'the card was about to sign').because.code, code);
    });
  }
});

const listing = `Available slots:
Slot 0 (0x2b960e00): SoftHSM slot ID 0x2b960e00
  token label        : Ana Ruiz
  token flags        : login required, rng, token initialized, PIN initialized, other flags=0x20
Slot 1 (0x4): Virtual reader
  token label        : PIV_II
  token flags        : login required, token initialized, PIN initialized, user PIN count low, final user PIN try
Slot 2 (0x8): Virtual reader 2
  token label        : blocked
  token flags        : login required, PIN initialized, user PIN count low, user PIN locked
Slot 3 (0x1): SoftHSM slot ID 0x1
  token state:   uninitialized
Slot 4 (0xc): Reader without a card
  (empty)
`;

test('the slots with a card are those with a label, and say how many tries are left', () => {
  assert.deepEqual(slotsIn(listing), [
    { id: '0x2b960e00', label: 'Ana Ruiz', isBlocked: false, tries: 'all' },
    { id: '0x4', label: 'PIV_II', isBlocked: false, tries: 'last' },
    { id: '0x8', label: 'blocked', isBlocked: true, tries: 'few' },
  ]);
});

test('the certificates of a card are known by their ids, in their order', () => {
  const objects = ['02', '01'].map(
    (id) => `Certificate Object; type = X.509 cert\n  label:      l\n  ID:         ${id}\n`,
  );
  assert.deepEqual(certificateIdsIn(objects.join('')), ['01', '02']);
  assert.deepEqual(certificateIdsIn(''), []);
});
