import { type Interruption, interrupted } from '../../trace/ruling.ts';
import type { Situation } from '../conditions/situation.ts';
import type { ConditionalAccessPolicy, SessionControls } from '../policy.ts';
import type { AccessGrant, Proof } from '../proof.ts';

/** "Every time" leaves room for the clocks and the redirects of one sign-in: five minutes, as in Entra. */
const everyTimeSeconds = 300;
const secondsOf = { hours: 3600, days: 86_400 } as const;

/** The names of the session controls that are on, as the log has them. */
export function sessionControlNames({ sessionControls }: ConditionalAccessPolicy): readonly string[] {
  const { signInFrequency, persistentBrowser } = sessionControls ?? {};
  return [
    ...(signInFrequency?.isEnabled ? ['signInFrequency'] : []),
    ...(persistentBrowser?.isEnabled ? ['persistentBrowser'] : []),
  ];
}

/** How old a proof may be, in seconds; undefined when the policy does not say. */
export function frequencyOf(controls: SessionControls | null | undefined): number | undefined {
  const frequency = controls?.signInFrequency;
  if (!frequency?.isEnabled) return undefined;
  if (frequency.frequencyInterval === 'everyTime') return everyTimeSeconds;
  return (frequency.value ?? 0) * secondsOf[frequency.type ?? 'hours'];
}

/** CAP-6: the last proof must be recent enough; the strength may have been met earlier. Without a clock nothing is. */
export function evaluateFrequency(
  { displayName, sessionControls }: ConditionalAccessPolicy,
  { at }: Situation,
  proofs: readonly Proof[],
): Interruption | undefined {
  const seconds = frequencyOf(sessionControls);
  if (seconds === undefined) return undefined;
  const count =
    sessionControls?.signInFrequency?.authenticationType === 'secondaryAuthentication'
      ? proofs.filter((p) => p.method !== 'password')
      : proofs;
  const provenAt =
    count
      .map((proof) => proof.at)
      .toSorted()
      .at(-1) ?? '';
  if (at && Date.parse(provenAt) >= at.getTime() - seconds * 1000) return undefined;
  return interrupted({ kind: 'certificate' }, 'signInTooOld', { policy: displayName, provenAt, seconds });
}

/** The strictest of what the policies that applied say of the session. */
export function sessionOf(
  policies: readonly ConditionalAccessPolicy[],
): Pick<AccessGrant, 'signInFrequency' | 'persistentBrowser'> {
  const frequencies = policies.flatMap(({ sessionControls }) => frequencyOf(sessionControls) ?? []);
  const browsers = policies.flatMap(({ sessionControls }) => {
    const { isEnabled, mode } = sessionControls?.persistentBrowser ?? {};
    return isEnabled && mode ? [mode] : [];
  });
  return {
    ...(frequencies.length > 0 ? { signInFrequency: Math.min(...frequencies) } : {}),
    ...(browsers.length > 0 ? { persistentBrowser: browsers.includes('never') ? 'never' : 'always' } : {}),
  };
}
