/** RFC 7523 §2.1, which an API uses to call another API for the user of the token that it received. */
export const onBehalfOfGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
