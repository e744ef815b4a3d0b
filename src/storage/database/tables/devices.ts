/** Registered devices, their keys and their primary refresh tokens. */
export interface DeviceTables {
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
}
