import '../../components/charts/charts.css';
import { Details } from '../../components/data/details.tsx';
import { Icon, type IconName } from '../../components/icons.tsx';
import { OuterLink } from '../../components/link.tsx';
import { TextWithCode } from '../../components/text-with-code.tsx';

/** A step of a decision, as Graph answers it. */
export interface TraceStep {
  readonly step: string;
  readonly state: 'passed' | 'refused' | 'interrupted' | 'reported' | 'notReached';
  readonly code: string | null;
  readonly errorCode: number;
  readonly text: string | null;
  readonly evidence: Readonly<Record<string, unknown>> | null;
  readonly references: readonly { readonly cited: string; readonly where?: string }[];
  readonly remedy: string | null;
}

const stepNames: Readonly<Record<string, string>> = {
  device: 'Device',
  certificate: 'Certificate',
  path: 'Certification path',
  revocation: 'Revocation',
  account: 'Account',
  strength: 'Strength',
  user: 'Username binding',
  access: 'Conditional Access',
};
const states: Readonly<Record<TraceStep['state'], { readonly word: string; readonly icon: IconName }>> = {
  passed: { word: 'Passed', icon: 'check' },
  refused: { word: 'Refused', icon: 'close' },
  interrupted: { word: 'Interrupted', icon: 'clock' },
  reported: { word: 'Information', icon: 'info' },
  notReached: { word: 'Not reached', icon: 'more' },
};

/** The steps of a decision in their order: what was found, by which rule, and what to do about a refusal. */
export function TraceTimeline({ steps }: { readonly steps: readonly TraceStep[] }) {
  return (
    <ol className="timeline">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a trace is never reordered, and a step may stand in it twice.
        <li key={index} className={`timeline-${step.state}`}>
          <span className="timeline-mark" aria-hidden="true">
            <Icon name={states[step.state].icon} />
          </span>
          <h4>
            {stepNames[step.step] ?? step.step}: {states[step.state].word}
          </h4>
          {step.text && (
            <p>
              {step.errorCode > 0 && <strong>AADSTS{step.errorCode} </strong>}
              {step.text}
            </p>
          )}
          {step.remedy && (
            <p>
              <strong>What to do: </strong>
              <TextWithCode text={step.remedy} />
            </p>
          )}
          <StepReferences step={step} />
          <Evidence evidence={step.evidence} />
        </li>
      ))}
    </ol>
  );
}

function StepReferences({ step: { references } }: { readonly step: TraceStep }) {
  if (references.length === 0) return null;
  return (
    <p className="faint">
      Rules:{' '}
      {references.map(({ cited, where }, index) => (
        <span key={cited}>
          {index > 0 && ', '}
          {where?.startsWith('https:') ? <OuterLink href={where}>{cited}</OuterLink> : cited}
        </span>
      ))}
    </p>
  );
}

function Evidence({ evidence }: Pick<TraceStep, 'evidence'>) {
  const items = Object.entries(evidence ?? {});
  if (items.length === 0) return null;
  return (
    <details>
      <summary>Evidence</summary>
      <Details items={items.map(([name, value]) => [name, textOf(value)])} />
    </details>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
