import type { TraceStep } from '../sign-in-logs/trace-timeline.tsx';

/** What Graph answers to `evaluateCertificate`. */
export interface Evaluation {
  readonly outcome: 'granted' | 'refused' | 'interrupted';
  readonly code: string | null;
  readonly user: { readonly id: string; readonly userPrincipalName: string } | null;
  readonly chain: readonly ChainMember[];
  readonly extensions: readonly Extension[];
  readonly bindings: readonly Binding[];
  readonly rule: { readonly decidedBy: string; readonly identifiers: readonly string[] } | null;
  readonly strength: string | null;
  readonly affinity: string | null;
  readonly conditionalAccess: readonly AppliedPolicy[];
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly trace: { readonly policyVersion: string; readonly steps: readonly TraceStep[] };
}

export interface ChainMember {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly ski: string | null;
  readonly role: 'leaf' | 'intermediate' | 'root' | 'notUploaded';
  readonly authorityId: string | null;
  readonly sha1Thumbprint: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly crl: CrlState | null;
}

export interface CrlState {
  readonly url: string;
  readonly source: 'download' | 'import' | 'restart' | 'none';
  readonly number: string | null;
  readonly nextUpdateDateTime: string | null;
  readonly entries: number;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

interface Extension {
  readonly oid: string;
  readonly name: string;
  readonly isCritical: boolean;
  readonly values: readonly string[];
}

interface Binding {
  readonly field: string;
  readonly property: string;
  readonly rank: number;
  readonly affinity: string;
  readonly values: readonly string[];
  readonly tried: boolean;
  readonly matched: boolean;
}

interface AppliedPolicy {
  readonly id: string;
  readonly displayName: string;
  readonly result: string;
  readonly enforcedGrantControls: readonly string[];
  readonly enforcedSessionControls: readonly string[];
}
