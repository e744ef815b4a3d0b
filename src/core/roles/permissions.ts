/** A permission of Graph: its id in tokens for people, and in those of applications (graph-api §2.2). */
export interface GraphPermission {
  readonly value: string;
  readonly delegatedId: string | undefined;
  readonly applicationId: string | undefined;
}

/** Ids are public facts of Microsoft Graph; those of HybridAuthentication, ProfilePhoto and AppCertTrustConfiguration that are not published are ours. */
export const graphPermissions: readonly GraphPermission[] = `
User.Read e1fe6dd8-ba31-4d61-89e7-88639da4683d -
User.ReadBasic.All b340eb25-3456-403f-be2f-af7a0d370277 97235f07-e226-4f63-ace3-39588e11d3a1
User.Read.All a154be20-db9c-4678-8ab7-66f6cc099a59 df021288-bdef-4463-88db-98f22de89214
User.ReadWrite.All 204e0828-b5ca-4ad8-b9f3-f32a958e7cc4 741f803b-c850-494e-b5df-cde7c675a1ca
User.EnableDisableAccount.All f92e74e7-2563-467f-9dd0-902688cb5863 3011c876-62b7-4ada-afa2-506cbbecc68c
User-PasswordProfile.ReadWrite.All 56760768-b641-451f-8906-e1b8ab31bca7 cc117bb9-00cf-4eb8-b580-ea2a878fe8f7
User.RevokeSessions.All fc30e98b-8810-4501-81f5-c20a3196387b 77f3a031-c388-4f99-b373-dc68676a979e
User.DeleteRestore.All 4bb440cd-2cf2-4f90-8004-aa2acd2537c5 eccc023d-eccf-4e7b-9683-8813ab36cecc
UserAuthenticationMethod.Read.All aec28ec7-4d02-4e8c-b864-50163aea77eb 38d9df27-64da-44fd-b7c5-a6fbac20248f
UserAuthenticationMethod.ReadWrite.All b7887744-6746-4312-813d-72daeaee7e2d 50483e42-d915-4231-9639-7fdb7fd190e5
ProfilePhoto.Read.All 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e05 e24d31aa-e1ab-4c80-85fe-23018690335d
ProfilePhoto.ReadWrite.All 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e06 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e07
Group.Read.All 5f8c59db-677d-491f-a6b8-5f174b11ec1d 5b567255-7703-4780-807c-7be8301ae99b
Group.ReadWrite.All 4e46008b-f24c-477d-8fff-7bb4ec7aafe0 62a82d76-70ea-41e2-9197-370581804d09
GroupMember.Read.All bc024368-1153-4739-b217-4326f2e966d0 98830695-27a2-44f7-8c18-0c3ebc9698f6
GroupMember.ReadWrite.All f81125ac-d3b7-4573-a3b2-7099cc39df9e dbaae8cf-10b5-4b86-a4a1-f871c94c6695
Directory.Read.All 06da0dbc-49e2-44d2-8312-53f166ab848a 7ab1d382-f21e-4acd-a863-ba3e13f7da61
Directory.ReadWrite.All c5366453-9fb0-48a5-a156-24f0c49a4b84 19dbc75e-c2e2-444c-a770-ec69d8559fc7
Directory.AccessAsUser.All 0e263e50-5827-48a4-b97c-d940288653c7 -
Policy.Read.All 572fea84-0151-49b2-9301-11cb16974376 246dd0d5-5bd0-4def-940b-0421030a5b68
Policy.Read.AuthenticationMethod a6ff13ac-1851-4993-8ca9-a671d70de2d5 8e3bc81b-d2f3-4b7b-838c-32c88218d2f0
Policy.ReadWrite.AuthenticationMethod 7e823077-d88e-468f-a337-e18f1f0e6c7c 29c18626-4985-4dcd-85c0-193eef327366
Policy.Read.ConditionalAccess 633e0fce-8c58-4cfb-9495-12bbd5a24f7c 37730810-e9ba-4e46-b07e-8ca78d182097
Policy.ReadWrite.ConditionalAccess ad902697-1014-4ef5-81ef-2b4301988e8c 01c0a623-fc9b-48e9-b794-0756f8e8f067
Policy.Read.HybridAuthentication 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e01 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e02
Policy.ReadWrite.HybridAuthentication 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e03 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e04
Organization.Read.All 4908d5b9-3fb2-4b1e-9336-1888b7937185 498476ce-e0fe-48b0-b801-37ba7e2685c6
Organization.ReadWrite.All 46ca0847-7e6b-426e-9775-ea810a948356 292d869f-3427-49a8-9dab-8c70152b74e9
OrganizationalBranding.ReadWrite.All 15ce63de-b141-4c9a-a9a5-241bf37c4a65 d2ebfbc1-a5f8-424b-83a6-56ab5927a73c
AppCertTrustConfiguration.Read.All af281d3a-030d-4122-886e-146fb30a0413 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e08
AppCertTrustConfiguration.ReadWrite.All 4bae2ed4-473e-4841-a493-9829cfd51d48 5c3f2a70-8f2e-4f0b-9a53-3f4b1c1d7e09
MutualTlsOauthConfiguration.Read.All 51ae584e-e736-4718-897b-10af70f8e3cc 6daaff82-2880-496d-9d80-57e8e31195e2
MutualTlsOauthConfiguration.ReadWrite.All a51115bc-f64f-498f-bcee-00dcd28f4a03 78bbf8cf-07d8-45ba-b0eb-1a7b48efbcf1
PublicKeyInfrastructure.Read.All 04a4b2a2-3f26-4fc8-87ee-9c46e68db175 214fda0c-514a-4650-b037-b562b1a66124
PublicKeyInfrastructure.ReadWrite.All 3591b7f3-dba8-4bad-b667-7a64bd4f2b83 a2b63618-5350-462d-b1b3-ba6eb3684e26
AuditLog.Read.All e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20 b0afded3-3588-46d8-8b3d-9842eff778da
RoleManagement.Read.Directory 741c54c3-0c1e-44a1-818b-3f97ab4e8c83 483bed4a-2ad3-4361-a73b-c83ccdbdc53c
RoleManagement.ReadWrite.Directory d01b97e9-cbc0-49fe-810a-750afd5527a3 9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8
Application.Read.All c79f8feb-a9db-4090-85f9-90d820caa0eb 9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30
Application.ReadWrite.All bdfbf15f-ee85-4955-8675-146e8e5296b5 1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9
AppRoleAssignment.ReadWrite.All 84bccea3-f856-4a8a-967b-dbe0a3d53a64 06b708a9-e830-4db3-a914-8e69da51d44f
DelegatedPermissionGrant.ReadWrite.All 41ce6ca6-6826-4807-84f1-1c82854f7ee5 8e8e4742-1d95-4f68-9d56-6ee75648c72a
Domain.Read.All 2f9ee017-59c1-4f1d-9472-bd5529a7b311 dbb9058a-0e50-45d7-ae91-66909b5d4664
Domain.ReadWrite.All 0b5d694c-a244-4bde-86e6-eb5cd07730fe 7e05723c-0bb0-42da-be95-ae9f08a6e53c
Device.Read.All 951183d1-1a61-466f-a6d1-1fde911bfd95 7438b122-aefc-4978-80ed-43db9fcc7715
Device.ReadWrite.All - 1138cb37-bd11-4084-a2b7-9f71582aeddb
DeviceManagementManagedDevices.ReadWrite.All 44642bfe-8385-4adc-8fc6-fe3cb2c375c3 243333ab-4d21-40cb-a475-36241daa0842
Policy.ReadWrite.DeviceConfiguration 40b534c3-9552-4550-901b-23879c90bcf9 230fb2d5-aa21-49c1-bfa7-ae1be179d867
openid 37f7f235-527c-4136-accd-4a02d197296e -
profile 14dad69e-099b-42c9-810b-d002981feec1 -
email 64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0 -
offline_access 7427e0e9-2fba-42fe-b0c0-848c9e6a8182 -
`
  .trim()
  .split('\n')
  .map((line) => {
    const [value, delegated, application] = line.split(' ') as [string, string, string];
    const id = (text: string) => (text === '-' ? undefined : text);
    return { value, delegatedId: id(delegated), applicationId: id(application) };
  });
