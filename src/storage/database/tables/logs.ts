import type { Generated } from 'kysely';

/** The logs of sign-ins and of changes, and what waits to be delivered from them. */
export interface LogTables {
  presented_certificates: { tenant_id: string; sha256: string; certificate: string; seen_at: number };
  sign_ins: {
    tenant_id: string;
    id: string;
    correlation_id: string;
    created_at: number;
    user_id: string | null;
    status: string;
    /** The entry as text, of earlier versions; else empty. */
    document: string;
    /** The entry, packed. */
    packed: Uint8Array | null;
    certificate_sha256: string | null;
    app_id: string | null;
    upn: string | null;
    error_number: number | null;
    is_interactive: number | null;
    repeat_key: string | null;
    source_window: string | null;
    repeat_count: number | null;
    repeated_at: number | null;
    ip_address: string | null;
    session_id: string | null;
    /** See `signInEventKinds`. */
    event_kind: number | null;
    /** What reports count the entry under; null where nothing was shown. */
    report: string | null;
    /** What Conditional Access came to; null in entries of before migration 036. */
    access_result: string | null;
  };
  sign_in_activity: {
    tenant_id: string;
    user_id: string;
    interactive_at: number | null;
    interactive_id: string | null;
    silent_at: number | null;
    silent_id: string | null;
    success_at: number | null;
    success_id: string | null;
  };
  /** A certificate that came with a user's name. `bound_at` and what follows are of the last time it was bound to that user. */
  seen_certificates: {
    tenant_id: string;
    user_id: string;
    sha256: string;
    sha1: string;
    policy_oids: string;
    issuer: string;
    first_at: number;
    last_at: number;
    uses: number;
    bound_at: number | null;
    field: string | null;
    property: string | null;
    rank: number | null;
    affinity: string | null;
    strength: string | null;
  };
  repeated_sign_ins: {
    tenant_id: string;
    sign_in_id: string;
    slot: number;
    correlation_id: string;
    repeated_at: number;
  };
  audits: {
    tenant_id: string;
    id: string;
    at: number;
    actor: string;
    activity: string;
    target_id: string;
    old_value: string | null;
    new_value: string | null;
    result: Generated<'success' | 'failure'>;
    reason: string | null;
    evidence: string | null;
    repeat_key: string | null;
    repeat_count: number | null;
    repeated_at: number | null;
    correlation_id: string | null;
  };
  /** Where events of the logs are delivered to, and which process delivers them now. */
  event_targets: { name: string; holder: string | null; lease_until: number; seen_at: number };
  /** Events that wait to be delivered; filled by triggers of migration 028. */
  event_outbox: {
    position: Generated<number>;
    tx: Generated<number>;
    target: string;
    kind: string;
    tenant_id: string;
    id: string;
    at: number;
  };
}
