/** Identifiers that every broker and server of this protocol knows (windows-sign-in §0.4). */

/** Subject of the certification request of every device. */
export const certificationRequestSubject = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A';

export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** What a broker asks for to get a primary refresh token. */
export const primaryScope = 'openid aza ugs';
