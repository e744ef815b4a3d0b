export const userReasons = {};
