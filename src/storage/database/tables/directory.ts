/** Users, groups, applications and other objects of the directory, and what lists find them by. */
export interface DirectoryTables {
  tenants: { id: string; display_name: string; created_at: number };
  domains: { id: string; tenant_id: string; position: number; authentication_type: string; is_verified: number };
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
  applications: { tenant_id: string; id: string; display_name: string; document: string };
  identifier_uris: { tenant_id: string; uri: string; application_id: string };
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
  /** Objects of Active Directory that a synchronization knows. */
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
}
