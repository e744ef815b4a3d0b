import type { Generated, Kysely } from 'kysely';

/**
 * The tables, as Kysely sees them. Portable by habit: text, integer and bigint only; times are epoch milliseconds,
 * booleans 0 | 1, documents JSON text; look-ups go through normalised `…_key` columns, never a collation.
 */
export interface Schema {
  tenants: { id: string; display_name: string; created_at: number };
  domains: { id: string; tenant_id: string; position: number; authentication_type: string; is_verified: number };
  policies: { tenant_id: string; kind: string; version: string; document: string };
  authorities: {
    tenant_id: string;
    id: string;
    thumbprint: string;
    certificate: string;
    display_name: string;
    authority_type: string;
    crl_url: string | null;
    delta_crl_url: string | null;
    is_issuer_hint_enabled: number;
    store: string;
    settings: string | null;
    created_at: number;
    container_id: string | null;
    position: number;
  };
  pki_containers: {
    tenant_id: string;
    id: string;
    display_name: string | null;
    status: string | null;
    status_details: string | null;
    upload_started_at: number | null;
    modified_at: number;
    created_at: number;
  };
  presented_certificates: { tenant_id: string; sha256: string; certificate: string; seen_at: number };
  users: {
    tenant_id: string;
    id: string;
    upn: string;
    upn_key: string;
    on_premises_upn: string | null;
    on_premises_upn_key: string | null;
    display_name: string;
    mail: string | null;
    /** The form in which addresses compare; null without an address. */
    mail_key: string | null;
    /** 1 for users who shared the address of another one before addresses were unique. */
    mail_is_shared: number;
    account_enabled: number;
    sessions_valid_from: string | null;
    password_hash: string | null;
    last_method: string | null;
    profile: string | null;
    created_at: number | null;
  };
  certificate_user_ids: { tenant_id: string; value_key: string; user_id: string; position: number; value: string };
  groups: { tenant_id: string; id: string; display_name: string; profile: string | null; created_at: number | null };
  group_members: { tenant_id: string; group_id: string; member_id: string; member_kind: string };
  /** What lists find objects by, see `core/directory/index-keys.ts`. */
  directory_index: { tenant_id: string; property: string; value_key: string; object_id: string };
  /** The last change of an object, and of each of its parts, such as a member of a group; `part` is empty for the object. */
  directory_changes: {
    tenant_id: string;
    kind: string;
    object_id: string;
    part: string;
    version: number;
    at: number;
    is_removed: number;
  };
  /** Counts the changes of a tenant's directory, in the order in which they are committed. */
  directory_versions: { tenant_id: string; version: number };
  objects: {
    tenant_id: string;
    kind: string;
    id: string;
    owner: string | null;
    version: string;
    created_at: number;
    document: string;
  };
  deleted_objects: { tenant_id: string; id: string; kind: string; deleted_at: number; document: string };
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
  applications: { tenant_id: string; id: string; display_name: string; document: string };
  identifier_uris: { tenant_id: string; uri: string; application_id: string };
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
  signing_keys: {
    tenant_id: string;
    kid: string;
    alg: string;
    created_at: number;
    sealed: string;
    signs_from: number | null;
  };
  crls: {
    url: string;
    fetched_at: number;
    etag: string | null;
    last_modified: string | null;
    highest_number: string | null;
    size: number;
    generation: string;
  };
  crl_claims: { url: string; holder: string; expires_at: number };
  crl_chunks: { url: string; generation: string; position: number; bytes: string };
  methods: {
    tenant_id: string;
    id: string;
    user_id: string;
    kind: string;
    credential: string | null;
    created_at: number;
    counter: number;
    sealed: string;
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
  device_registrations: {
    tenant_id: string;
    device_id: string;
    object_id: string;
    certificate: string;
    thumbprint: string;
    transport_key: string;
    join_type: number;
    methods: string;
    registered_at: number;
    expires_at: number;
  };
  device_user_keys: {
    tenant_id: string;
    key_id: string;
    user_id: string;
    device_id: string;
    public_key: string;
    created_at: number;
  };
  device_authorities: {
    tenant_id: string;
    id: string;
    certificate: string;
    created_at: number;
    sealed: string;
    /** `device`, `peer` or `hello`. */
    purpose: string;
  };
  primary_refresh_tokens: {
    tenant_id: string;
    id: string;
    user_id: string;
    device_id: string;
    credential: string;
    certificate_key: string | null;
    issued_at: number;
    expires_at: number;
    document: string;
  };
  device_ids: { tenant_id: string; device_id: string; object_id: string };
  device_people: { tenant_id: string; object_id: string; relation: string; user_id: string; created_at: number };
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
  /** See migration 021 and `cache/change-marks.ts`. */
  change_marks: { tenant_id: string; area: string; mark: number };
  /** Objects of Active Directory that a synchronisation knows. */
  sync_objects: {
    tenant_id: string;
    source_id: string;
    domain: string;
    kind: string;
    object_id: string | null;
    digest: string;
    is_live: number;
    joins_due: number;
    has_problems: number;
    name: string;
    problems: string;
  };
  sync_members: { tenant_id: string; group_id: string; member_id: string };
  sync_domains: { tenant_id: string; domain: string; document: string };
  sync_leases: { tenant_id: string; holder: string; expires_at: number };
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
  known_browsers: { tenant_id: string; user_id: string; browser: string; expires_at: number };
}

/** The rows of one tenant. */
export interface TenantDatabase {
  readonly database: Database;
  readonly tenantId: string;
}

export type Database = Kysely<Schema>;
