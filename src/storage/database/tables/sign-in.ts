/** What lives minutes, hours or days: visits, sessions, records of OpenID Connect, attempts and tickets. */
export interface SignInTables {
  session_proofs: {
    tenant_id: string;
    session_uid: string;
    position: string;
    expires_at: number;
    document: string;
    user_id: string | null;
    certificate: string | null;
  };
  shown_certificates: { tenant_id: string; sha256: string; certificate: string; expires_at: number };
  logout_notices: {
    tenant_id: string;
    id: string;
    app_id: string;
    user_id: string;
    sid: string | null;
    due_at: number;
    expires_at: number;
  };
  flows: { tenant_id: string; id: string; interaction_uid: string; expires_at: number; document: string };
  handoffs: { tenant_id: string; id: string; expires_at: number; taken_at: number | null; document: string };
  oidc_records: {
    model: string;
    id: string;
    tenant_id: string;
    uid: string | null;
    user_code: string | null;
    grant_id: string | null;
    expires_at: number | null;
    consumed_at: number | null;
    consumed_by: string | null;
    polled_at: number | null;
    poll_interval: number | null;
    document: string;
    account_id: string | null;
  };
  attempts: { tenant_id: string; subject: string; version: string; expires_at: number; document: string };
  tickets: {
    tenant_id: string;
    id: string;
    kind: string;
    user_id: string | null;
    state: string;
    created_at: number;
    expires_at: number;
    sealed: string;
  };
  /** A visit to the sign-in pages: the provider's interaction, the flow, and the handoff of the certauth host. */
  visits: {
    tenant_id: string;
    /** The uid of the interaction. */
    id: string;
    expires_at: number;
    interaction: string | null;
    interaction_expires_at: number | null;
    flow_id: string | null;
    flow: string | null;
    flow_expires_at: number | null;
    handoff_id: string | null;
    handoff: string | null;
    handoff_expires_at: number | null;
    handoff_taken_at: number | null;
  };
  known_browsers: { tenant_id: string; user_id: string; browser: string; expires_at: number };
}
