/** Identifiers that every broker and server of this protocol knows (windows-sign-in §0.4). */

/** The client of sign-in on the device: requests for primary refresh tokens name it. */
export const signInBrokerId = '38aa3b87-a06d-4817-b275-7a316988d93b';
/** Microsoft Authentication Broker: the client whose refresh token may become a primary one. */
export const authenticationBrokerId = '29d9ed98-a469-4536-ade2-f981bc1d605e';
/** Redirect URI of the broker for device registration. */
export const brokerRedirectUri = 'ms-appx-web://Microsoft.AAD.BrokerPlugin/DRS';
/** The device registration service as an API. */
export const registrationServiceId = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9';
/** Subject of the certification request of every device. */
export const certificationRequestSubject = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A';

export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** What a broker asks for to get a primary refresh token. */
export const primaryScope = 'openid aza ugs';
