export const revocationReasons = {};
