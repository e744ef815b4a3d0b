/** Policies, certification authorities, CRLs and keys. */
export interface TrustTables {
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
  signing_keys: {
    tenant_id: string;
    kid: string;
    alg: string;
    created_at: number;
    sealed: string;
    signs_from: number | null;
  };
  /** See migration 021 and `storage/cache/change-marks.ts`. */
  change_marks: { tenant_id: string; area: string; mark: number };
}
