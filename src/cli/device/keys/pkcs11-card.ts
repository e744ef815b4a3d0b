import { createHash } from 'node:crypto';
import { type CardAlgorithm, cardAlgorithmHash } from '#core/device/client/card-key.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import type { Card, CardCertificate, CardKey } from './card-key.ts';
import { runTool } from './pkcs11-tool.ts';
import { certificateIdsIn, slotsIn, type TokenSlot } from './token-list.ts';

/** Which card, and how the PIN is asked for. */
export interface TokenChoice {
  /** The PKCS #11 module. */
  readonly module: string;
  /** Id of a slot, decimal or 0x…; undefined for every slot. */
  readonly slot: string | undefined;
  /** Label of a token. */
  readonly label: string | undefined;
  /** The PIN of a token; `warning` says that few tries are left. */
  readPin(warning: string | undefined): Promise<string>;
}

/**
 * A card behind PKCS #11. Each step is a run of OpenSC's `pkcs11-tool`, so that no native module is needed, and a card that
 * was removed is noticed at the next step.
 */
export function tokenCard(choice: TokenChoice): Card {
  return {
    async certificates() {
      const slots = await slotsOf(choice);
      const lists = [];
      for (const slot of slots) lists.push(await certificatesOn(slot, choice));
      return lists.flat();
    },
  };
}

async function slotsOf({ module, slot, label }: TokenChoice): Promise<readonly TokenSlot[]> {
  const during = 'the readers were listed';
  const listing = await runTool({ module, words: ['--list-slots'], during });
  const slots = slotsIn(listing.toString('utf8')).filter(
    (candidate) =>
      (slot === undefined || Number(slot) === Number(candidate.id)) &&
      (label === undefined || label === candidate.label),
  );
  if (slots.length === 0) throw fault('tokenRemoved', { during });
  return slots;
}

async function certificatesOn(slot: TokenSlot, choice: TokenChoice): Promise<readonly CardCertificate[]> {
  const { module } = choice;
  const during = `the certificates of the token "${slot.label}" were read`;
  const place = ['--slot', slot.id, '--type', 'cert'];
  const listing = await runTool({ module, words: ['--list-objects', ...place], during });
  const certificates: CardCertificate[] = [];
  for (const id of certificateIdsIn(listing.toString('utf8'))) {
    const der = await runTool({ module, words: ['--read-object', ...place, '--id', id], during });
    const ruling = readCertificate(new Uint8Array(der));
    // An object that is not a certificate in DER cannot be used anywhere: it is left out of the choice.
    if (ruling.outcome === 'passed') certificates.push(certificateAt(ruling.value, id, slot, choice));
  }
  return certificates;
}

function certificateAt(certificate: Certificate, id: string, slot: TokenSlot, choice: TokenChoice): CardCertificate {
  return {
    certificate,
    chain: [],
    place: `key ${id} of the token "${slot.label}"`,
    keyUri: `pkcs11:token=${encodeURIComponent(slot.label)};id=${id.replace(/../g, '%$&')}`,
    async unlock() {
      const [currentSlot] = await slotsOf({ ...choice, slot: slot.id });
      if (currentSlot!.isBlocked) throw fault('tokenPinLocked', {});
      const pin = await choice.readPin(warnings[currentSlot!.tries]);
      return keyAt(certificate, { slot, id }, choice, pin);
    },
  };
}

const warnings: Readonly<Record<TokenSlot['tries'], string | undefined>> = {
  all: undefined,
  few: 'The PIN of this card was wrong before. Few tries are left.',
  last: 'This is the last try: another wrong PIN blocks the card.',
};

/** How `pkcs11-tool` makes each signature, and whether the tool or this process hashes. */
const mechanisms: Readonly<Record<CardAlgorithm, { readonly name: string; readonly isHashed: boolean }>> = {
  RS256: { name: 'SHA256-RSA-PKCS', isHashed: false },
  // Cards and SoftHSM sign a hash; not every module hashes for ECDSA.
  ES256: { name: 'ECDSA', isHashed: true },
  ES384: { name: 'ECDSA', isHashed: true },
};

const keyAt = (certificate: Certificate, { slot, id }: KeyPlace, choice: TokenChoice, pin: string): CardKey => ({
  certificate,
  chain: [],
  async sign(algorithm, input) {
    const { name, isHashed } = mechanisms[algorithm];
    const run = runTool({
      module: choice.module,
      words: ['--sign', '--mechanism', name, '--slot', slot.id, '--id', id],
      pin,
      input: isHashed ? createHash(cardAlgorithmHash[algorithm]).update(input).digest() : input,
      during: 'the card was about to sign',
    });
    const signature = await run.catch(async (thrown: unknown) => {
      // Modules report a card that was removed while it worked in many ways. What counts is whether it is there now.
      if (thrown instanceof CardeaError && thrown.because.code === 'tokenUnreadable')
        await slotsOf({ ...choice, slot: slot.id });
      throw thrown;
    });
    return new Uint8Array(signature);
  },
});

interface KeyPlace {
  readonly slot: TokenSlot;
  readonly id: string;
}
